"""What a person reads at a terminal: in which language, and in columns as wide as they look."""
