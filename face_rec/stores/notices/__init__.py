"""Notices and their deliveries in Redis."""
