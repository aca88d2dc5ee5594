"""Registering people, and the gallery."""
