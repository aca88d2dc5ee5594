"""People as a list without photos: read from a file, changed many at once, taken back."""
