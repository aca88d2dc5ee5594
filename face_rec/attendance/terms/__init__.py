"""What the rules speak of: punches and their ways, statuses and flags, durations, filters."""
