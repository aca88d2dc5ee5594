"""Accounts: who may sign in, and their passwords."""
