"""Cameras that the site runs itself: their form, how they are, and the live wall."""
