"""Kiosks: which there are, whether they live, and whose camera feeds one."""
