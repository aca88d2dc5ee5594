"""Invitations: whom the office invites to register on their phone, and what came in."""
