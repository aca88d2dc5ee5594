"""Cameras, the newest frame of each, and the threads that serve them."""
