"""Kiosks, and what they show."""
