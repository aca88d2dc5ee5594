"""Snapshot: the picture kept of a mark, and its key."""

from datetime import UTC, datetime

from face_rec.domain.faces import Box, Image
from face_rec.journey.detect.geometry import centre

CONTEXT = 3.0
"""Side of the picture, in sides of the face: enough to see who stands there, no more."""


def key_of(event_id: str, at: datetime, subject: str) -> str:
    """Where the snapshot of an event lies. It derives from the event, so that a mark never
    waits for the store; and it says whose it is, so that it is sealed with that person's own
    key and goes with them (see ``privacy.pictures.owner_of``)."""
    return f"marks/{at.astimezone(UTC):%Y/%m/%d}/{subject}.{event_id}.jpg"


def crop(image: Image, box: Box) -> Image:
    """A copy of the part of ``image`` around ``box``, clipped at its borders."""
    height, width = image.shape[:2]
    (x, y), half = centre(box), max(box.width, box.height) * CONTEXT / 2
    left, right = _span(x - half, x + half, width)
    top, bottom = _span(y - half, y + half, height)
    return image[top:bottom, left:right].copy()


def _span(low: float, high: float, length: int) -> tuple[int, int]:
    """The whole pixels from ``low`` to ``high`` within a side; at least one."""
    start = min(max(0, round(low)), length - 1)
    return start, min(max(start + 1, round(high)), length)
