"""Who is at the door, as far as a request tells it."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from face_rec.access.accounts.known_browsers import cookie_of
from face_rec.access.signin.visitor import Visitor
from face_rec.web.base import cookies
from face_rec.web.gate.asking import actor_of

_BROWSERS: Final[Mapping[str, str]] = {
    "Edg/": "Edge", "OPR/": "Opera", "SamsungBrowser/": "Samsung Internet", "Firefox/": "Firefox",
    "FxiOS/": "Firefox", "CriOS/": "Chrome", "Chrome/": "Chrome", "Safari/": "Safari",
}  # fmt: skip
_SYSTEMS: Final[Mapping[str, str]] = {
    "Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad",
    "Mac OS X": "macOS", "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


def visitor_of(request: Request, typed_name: str) -> Visitor:
    """Who asks to be let in to the account of this name."""
    cookie = cookie_of(typed_name)
    known = cookies.read(request, cookie) if cookie else ""
    return Visitor(actor_of(request).address, browser_of(request), known)


def browser_of(request: Request) -> str:
    """The browser in words, as it names itself: enough for a person to know their own by.
    Never what it says as it stands, which may be anything."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return " on ".join(part for part in (browser or "Another browser", system) if part)
