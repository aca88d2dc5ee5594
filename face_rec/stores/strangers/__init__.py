"""Unknown people in Redis."""
