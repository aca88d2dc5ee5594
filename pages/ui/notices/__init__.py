"""What is told to whom, on its page."""
