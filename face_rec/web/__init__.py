"""HTTP only: health, metrics and other plain routes."""
