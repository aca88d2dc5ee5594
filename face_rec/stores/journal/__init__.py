"""Marks on local disk until Redis has them."""
