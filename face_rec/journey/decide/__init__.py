"""Whether looks name somebody."""
