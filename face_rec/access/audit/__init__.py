"""Who acts, and the log of what they did."""
