"""Whether a clock can be believed."""
