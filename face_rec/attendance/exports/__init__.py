"""Marks and days as open data files, which programs read that know nothing of this one."""
