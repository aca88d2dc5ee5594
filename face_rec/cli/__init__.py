"""``python -m face_rec``."""
