"""Signing in: who is asking, how often they may try, and the session that follows."""
