"""Letters on paper, of any script."""
