"""What somebody sees of their own attendance."""
