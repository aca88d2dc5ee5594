"""What was seen of the chain, kept outside Redis."""
