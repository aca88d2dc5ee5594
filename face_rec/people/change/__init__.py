"""Changing the recognition model without calling anybody in: from the photos that were kept."""
