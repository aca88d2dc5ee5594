"""HTTP: the routes, the gate in front of them, and taking the socket over."""
