"""``/my/punch``: people mark themselves on their own phone."""
