"""Accounts and kiosk devices on their pages."""
