"""Stands before the real one on the path of what tests start (tests/conftest.py)."""

raise ImportError("the app is installed without it")
