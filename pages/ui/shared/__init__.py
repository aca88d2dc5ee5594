"""Words, times and small pieces that several pages show."""
