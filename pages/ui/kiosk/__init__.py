"""The kiosk: camera, overlay, greeting, PIN."""
