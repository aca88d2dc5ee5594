"""People: registering, finding and changing them."""
