"""A site as one file, and back."""
