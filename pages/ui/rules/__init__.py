"""The settings, a part a module."""
