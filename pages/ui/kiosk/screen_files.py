"""What the kiosk's screen is made of: on Streamlit's page, and on the one that a tablet shows
while the server is away."""

import json
from typing import Final

from face_rec.languages.translator import Translator
from pages.ui.frame.component_files import joined

HTML: Final = joined("kiosk.html")
CSS: Final = joined("camera.css", "kiosk_screen.css")
JS: Final = joined(
    "page_parts.js", "camera_words.js", "camera_wish.js", "kiosk_camera.js", "kiosk_presence.js",
    "kiosk_http.js", "kiosk_webrtc.js", "kiosk_line.js", "kiosk_overlay.js", "kiosk_tools.js",
    "kiosk_screen.js", "kiosk_choice.js", "kiosk_turn.js", "kiosk_badge.js", "kiosk_mine.js",
    "kiosk_offline.js", "kiosk_installed.js", "live_screen.js", "kiosk.js",
)  # fmt: skip

_AWAY_PAGE: Final = joined("kiosk_away.html").replace("<main></main>", f"<main>{HTML}</main>")
AWAY_CSS: Final = CSS + joined("kiosk_away.css")
_AWAY_JS: Final = JS + joined("kiosk_answer.js", "kiosk_away.js")
FIRST: Final = f"(() => {{\n{joined('camera_wish.js', 'first_picture.js')}}})();\n"
"""Of the start page, before Streamlit's own scripts."""
WORKER: Final = joined("kiosk_answer.js", "kiosk_worker.js")


def away_page(words: Translator) -> str:
    """Of a tablet while the server is away, before its script has the kiosk's own language."""
    page = _AWAY_PAGE.replace("{language}", words.language.code)
    return page.replace("{title}", words.gettext("Attendance"))


def away_script(words: Translator) -> str:
    """It speaks as ``words`` do where it was told nothing else."""
    told = json.dumps(words.words(), ensure_ascii=False)
    return f"const AWAY_WORDS = {told};\n{_AWAY_JS}"
