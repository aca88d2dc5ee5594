"""What an admin sets about attendance, checked and versioned."""
