"""Cameras of the site: what the office decides about each, and the workers that serve them."""
