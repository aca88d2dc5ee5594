"""Days that have left Redis for the archive."""
