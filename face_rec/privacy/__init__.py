"""The rights of the people whose faces are stored: consent, retention, erasure, export."""
