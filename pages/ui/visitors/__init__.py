"""Visitors: the reception's lists and dialogs, and the list of who is in the house."""
