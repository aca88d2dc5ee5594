"""Photos that must not become templates, made of good ones, and how many the gate lets through."""
