"""Badges on paper: their layout, and the office that prints them."""
