"""One process takes over from another while people are marked."""
