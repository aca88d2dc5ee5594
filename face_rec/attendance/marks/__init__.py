"""Marks with what managers said of them: read once, kept, corrected."""
