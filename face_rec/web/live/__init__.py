"""Live lines: a WebSocket that tells a screen what to show, of a kiosk or of a registration."""
