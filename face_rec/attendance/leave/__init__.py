"""Leave in days: how many somebody has, has taken, and would take."""
