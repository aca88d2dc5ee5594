"""People in Redis."""
