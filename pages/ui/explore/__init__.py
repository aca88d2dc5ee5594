"""Explore: what managers ask of attendance, as chart, table and files."""
