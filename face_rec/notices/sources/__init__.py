"""Where notices come from: marks, days, and what is wrong."""
