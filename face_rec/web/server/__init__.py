"""The HTTP server's own manners: strict requests, bounds, static files."""
