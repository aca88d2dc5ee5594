"""What commands need, without pages."""
