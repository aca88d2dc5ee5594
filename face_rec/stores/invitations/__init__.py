"""What came in by an invitation and waits for somebody to decide."""
