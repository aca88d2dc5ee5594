"""Encryption at rest with the key of the site."""
