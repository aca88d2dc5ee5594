"""How often and how many at once may try."""
