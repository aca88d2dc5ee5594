"""What the kiosk's screen is made of: on Streamlit's page, and on the one that a tablet shows
while the server is away."""

from typing import Final

from pages.ui.frame.component_files import joined

HTML: Final = joined("kiosk.html")
CSS: Final = joined("camera.css", "kiosk_screen.css")
JS: Final = joined(
    "page_parts.js", "camera_words.js", "kiosk_camera.js", "kiosk_presence.js", "kiosk_http.js",
    "kiosk_webrtc.js", "kiosk_line.js", "kiosk_overlay.js", "kiosk_tools.js", "kiosk_screen.js",
    "kiosk_choice.js", "kiosk_turn.js", "kiosk_offline.js", "kiosk_installed.js", "live_screen.js",
    "kiosk.js",
)  # fmt: skip

AWAY_PAGE: Final = joined("kiosk_away.html").replace("<main></main>", f"<main>{HTML}</main>")
AWAY_CSS: Final = CSS + joined("kiosk_away.css")
AWAY_JS: Final = JS + joined("kiosk_answer.js", "kiosk_away.js")
WORKER: Final = joined("kiosk_answer.js", "kiosk_worker.js")
