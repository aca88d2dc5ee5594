"""The guided captures that are open, by a name that only who opened one is told."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from cachetools import LRUCache

from face_rec.people.photos.capture import GuidedCapture
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.streams import Stream

_MOST: Final = 256
"""Kept at once; a capture whose page was closed is never given back."""


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """What a capture's pictures go to, and what its page shows: ``photos`` are all that were
    accepted for the person, in whatever way; ``remove`` takes one of them out. Both may be
    called in any thread."""

    guide: GuidedCapture
    stream: Stream
    photos: Callable[[], tuple[EnrolPhoto, ...]]
    remove: Callable[[EnrolPhoto], None]


class Captures:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: LRUCache[str, Capture] = LRUCache(_MOST)

    def open(self, capture: Capture) -> str:
        """The name under which its pictures may come in."""
        name = secrets.token_hex(16)
        with self._lock:
            self._open[name] = capture
        return name

    def find(self, name: str) -> Capture | None:
        with self._lock:
            return self._open.get(name)

    def close(self, name: str) -> None:
        """No picture comes in by this name any more."""
        with self._lock:
            self._open.pop(name, None)
