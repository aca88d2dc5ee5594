"""What a browser sends with a picture, and what it is answered.

A camera's JPEG is judged by its header before a pixel is decoded. Each upload spends a number
that an answer before it gave out, so that an upload that was recorded cannot be sent again, and
none overtakes another. An answer holds plain values for a browser to draw.
"""

import io
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

import cv2
import numpy as np
from cachetools import LRUCache
from PIL import Image as Pillow

from face_rec.domain.errors import RequestRefused
from face_rec.domain.faces import Image
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Greeting, Label, Scene
from face_rec.protocols.streams import Stream

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 1920 * 1080
MIN_SIDE = 32
_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"


def decode_frame(data: bytes) -> Image:
    """The picture in ``data`` as (H, W, 3) uint8 BGR, as it was taken: its boxes are drawn on it.

    Some milliseconds; any thread. Raises RequestRefused.
    """
    if not data.startswith(_BEGIN):
        raise RequestRefused(415, "This is no JPEG. Send one JPEG picture as the body.")
    _check_header(data)
    if not data.endswith(_END):
        raise RequestRefused(400, "The JPEG is cut off. Send the whole picture.")
    # Turned by EXIF it would no longer fit the picture that the browser shows.
    image = cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    )
    if image is None:
        raise _unreadable()
    return np.asarray(image, dtype=np.uint8)


def _check_header(data: bytes) -> None:
    """Only what stands before the pixels is read."""
    try:
        with Pillow.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            (width, height), slow = picture.size, picture.info.get("progressive")
    except Exception:  # decoders raise all sorts of errors for broken files
        raise _unreadable() from None
    if width * height > MAX_PIXELS:
        raise RequestRefused(
            413, f"The picture has {width} × {height} px; at most {MAX_PIXELS:,} px are taken."
        )
    if min(width, height) < MIN_SIDE:
        raise RequestRefused(400, f"The picture has {width} × {height} px. Send a larger one.")
    if slow:  # each of its many passes may cost as much as a whole picture
        raise RequestRefused(415, "This JPEG is progressive. Send a baseline JPEG.")


def _unreadable() -> RequestRefused:
    return RequestRefused(400, "The JPEG cannot be read. Send the picture again.")


# Numbers of pictures: each upload spends one that an answer before it gave out.
#
# So an upload that was recorded cannot be sent again, and none overtakes another.

HEADER: Final = "x-kiosk-number"
AT_ONCE: Final = 2
"""Given out at the start, and so the most that are under way."""
_SCREENS: Final = 256


@dataclass(frozen=True, slots=True)
class Sender:
    """One page of one kiosk, and who has it open."""

    kiosk: str
    screen: str
    who: str


@dataclass(slots=True)
class _Series:
    """Numbers given out and not spent, in the order in which they must come."""

    open: deque[str] = field(default_factory=deque)

    def give(self) -> str:
        number = secrets.token_urlsafe(12)
        self.open.append(number)
        return number


class Numbers:
    """On the event loop only, so it needs no lock. Kept in this process: a page whose numbers
    are not known here starts a new series."""

    def __init__(self) -> None:
        self._series: LRUCache[Sender, _Series] = LRUCache(_SCREENS)

    def start(self, sender: Sender) -> list[str]:
        """A new series; numbers of the one before are worth nothing."""
        series = self._series[sender] = _Series()
        return [series.give() for _ in range(AT_ONCE)]

    def spend(self, sender: Sender, number: str) -> str:
        """Use a number up; returns the next one. Those before it are lost with it.

        Raises RequestRefused 428 for one that was used, skipped or never given out.
        """
        series = self._series.get(sender)
        if series is None or number not in series.open:
            raise RequestRefused(
                428, "This picture's number is used up or was not given out. Start a new series."
            )
        while series.open.popleft() != number:
            continue
        return series.give()


_SHOWN_FOR = 4.0
"""Seconds of a greeting over the picture."""
_ROOM = 3.0
"""Seconds after which an unrenewed scene is no longer sent."""


def answer(stream: Stream, now: float, zone: tzinfo) -> dict[str, object]:
    """The newest scene, greetings and figures of ``stream``; ``now`` in monotonic seconds.

    Boxes are [left, top, right, bottom] in pixels of a picture of ``width`` × ``height``."""
    stats = stream.stats()
    return {
        **_scene(stream.scene(), now),
        "greetings": [_greeting(g, zone) for g in stream.greetings(now - _SHOWN_FOR)],
        "stats": {
            "frames": stats.frames,
            "dropped": stats.dropped,
            "inferred": stats.inferred,
            "frame_rate": round(stats.frame_rate, 2),
            "inference_rate": round(stats.inference_rate, 2),
            "time_to_mark": stats.time_to_mark,
        },
    }


def _scene(scene: Scene | None, now: float) -> dict[str, object]:
    if scene is None or now - scene.taken_at > _ROOM:
        return {"width": 0, "height": 0, "faces": []}
    faces = [_face(label) for label in scene.labels]
    return {"width": scene.width, "height": scene.height, "faces": faces}


def _face(label: Label) -> dict[str, object]:
    box = label.box
    return {
        "track": label.track,
        "box": [round(side, 1) for side in (box.left, box.top, box.right, box.bottom)],
        "mood": label.mood.value,
        "name": label.name if label.verdict is Verdict.NAMED else "",
        "problem": label.problem,
    }


def _greeting(greeting: Greeting, zone: tzinfo) -> dict[str, object]:
    receipt = greeting.receipt
    return {
        "id": receipt.event.id,
        "name": greeting.name,
        "outcome": receipt.outcome.value,
        "time": f"{receipt.stands_at.astimezone(zone):%H:%M}",
    }
