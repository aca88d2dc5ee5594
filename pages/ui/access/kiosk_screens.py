"""How the open screens of a kiosk are, in words, for its card on the page Kiosks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from face_rec.kiosks.screen_status import Report, ScreenStatus
from pages.ui.shared.text import plain

SAID_WITHIN: Final = timedelta(seconds=20)
"""A screen says how it is every five seconds while its line is open."""
_WAYS: Final = {"webrtc": "WebRTC", "http": "HTTP"}
_LOW: Final = 0.2
"""Of a battery."""


def open_screens(reports: Iterable[Report], now: datetime) -> list[Report]:
    """Those that have said something lately, the latest first."""
    return [one for one in reports if now - one.at <= SAID_WITHIN]


def screen_words(reports: Iterable[Report], age: float | None, now: datetime) -> str:
    """Markdown, a line for each open screen, and what is wrong before it; empty while none is
    open. ``age``: seconds since the kiosk's newest picture came, None without one."""
    here = open_screens(reports, now)
    if not here:
        return ""
    warned = [f"{len(here)} screens are open"] if len(here) > 1 else []
    warned += dict.fromkeys(word for one in here for word in _troubles(one.status))
    badges = " ".join(f":orange-badge[{plain(word)}]" for word in warned)
    picture = "no picture yet" if age is None else f"last picture {age:.0f} s ago"
    lines = [badges, *(plain(_facts(one.status)) for one in here), picture]
    return "  \n".join(line for line in lines if line)


def _facts(status: ScreenStatus) -> str:
    battery = "" if status.battery is None else f"battery {status.battery:.0%}"
    facts = [_WAYS[status.transport], f"{status.rate:.0f} pictures/s", status.camera, battery]
    return " · ".join(fact for fact in facts if fact)


def _troubles(status: ScreenStatus) -> list[str]:
    """What somebody should look after."""
    found = ["Sees nothing: covered, or no light"] if status.dark else []
    found += [f"Camera: {status.state}"] if status.state not in {"", "ok"} else []
    low = status.battery is not None and status.battery < _LOW
    return found + (["Battery is low"] if low else [])
