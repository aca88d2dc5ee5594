"""The live line of a kiosk: one WebSocket that tells its screen what to show."""
