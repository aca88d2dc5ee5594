"""From events to attendance, by pure rules."""
