"""Kiosks: what their screens show, and the badges held up to them."""
