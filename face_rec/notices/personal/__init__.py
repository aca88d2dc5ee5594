"""Mail to people themselves."""
