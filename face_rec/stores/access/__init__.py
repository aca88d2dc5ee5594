"""Accounts, devices, sessions, tries and the audit log in Redis."""
