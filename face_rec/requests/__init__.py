"""What people ask for: that a mark is corrected, leave, another shift; and who decides."""
