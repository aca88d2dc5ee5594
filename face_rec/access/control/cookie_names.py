"""The cookies by which somebody is known, and how one is read."""

from collections.abc import Mapping
from typing import Final

SESSION: Final = "fr_session"
HALF: Final = "fr_half"
"""A sign-in that waits for its second factor; nothing here ever reads it as a session."""
KIOSK: Final = "fr_kiosk"
PROOF: Final = "fr_kiosk_now"
"""Of a kiosk's device that has just proved its key; ``KIOSK`` alone only lets it try."""
HOST_ONLY: Final = "__Host-"
"""Before a cookie's name under HTTPS: browsers then take it from this host only."""


def cookie(cookies: Mapping[str, str], name: str) -> str:
    """The cookie as HTTPS or HTTP names it; empty without one."""
    return cookies.get(HOST_ONLY + name) or cookies.get(name) or ""
