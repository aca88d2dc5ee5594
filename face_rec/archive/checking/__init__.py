"""Whether the archive is what Redis is, and what may leave Redis because it is."""
