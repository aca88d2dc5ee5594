"""Scripts of a device that is a kiosk: signing with its own key, which its sign-in and its open
page do alike, and forgetting that it was one."""

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "templates"
FORGET: Final = (_FOLDER / "kiosk_forget.js").read_text(encoding="utf-8")
KIOSK_KEY: Final = FORGET + (_FOLDER / "kiosk_key.js").read_text(encoding="utf-8")
