"""For pages about attendance: marks, days, requests, reports, and their rules."""
