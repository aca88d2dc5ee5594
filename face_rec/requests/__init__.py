"""What people ask the office for: that a mark of theirs is corrected."""
