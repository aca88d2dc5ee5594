"""What is copied into the archive, in which order, and how far it has come."""
