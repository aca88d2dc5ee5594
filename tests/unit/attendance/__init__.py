"""Marks and rules become days and reports."""
