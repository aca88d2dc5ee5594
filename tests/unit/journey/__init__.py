"""A frame on its way to a mark."""
