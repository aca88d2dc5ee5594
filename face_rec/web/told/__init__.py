"""What links in messages open, for whoever was told."""
