"""Somebody at the door, before they are known."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """``address``: where the request comes from. ``browser``: which one, in words for people.
    ``known``: what the browser shows of having signed in before, by account (the values of its
    cookies, see :mod:`face_rec.access.accounts.known_browsers`)."""

    address: str
    browser: str = ""
    known: str = field(default="", repr=False)
