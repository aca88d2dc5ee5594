"""Visits that ended without a name although somebody registered was near: counted by day."""
