"""Marks and days as tables, and what explains and corrects them."""
