"""Pages around the sign-in, of people and of kiosk devices."""
