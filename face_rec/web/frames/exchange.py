"""How pictures come in over plain HTTP: one JPEG a request, wherever they go afterwards.

A camera's JPEG is judged by its header before a pixel is decoded. Each upload spends a number
that an answer before it gave out, so that an upload that was recorded cannot be sent again, and
none overtakes another.
"""

import io
import secrets
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

import anyio
import cv2
import numpy as np
from anyio import to_thread
from cachetools import LRUCache
from PIL import Image as Pillow
from starlette.requests import ClientDisconnect, Request

from face_rec.clock import Clock
from face_rec.domain.errors import RequestRefused
from face_rec.domain.faces import Image
from face_rec.people.photos.photos import too_many_scans
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
    if too_many_scans(data):
        raise _unreadable()
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
SCREEN_HEADER: Final = "x-kiosk-screen"
"""Names the page that sends: of several screens of one kiosk only the newest feeds it."""
AT_ONCE: Final = 2
"""Given out at the start, and so the most that are under way."""
_SCREENS: Final = 256


@dataclass(frozen=True, slots=True)
class Sender:
    """One page, and who has it open. ``kiosk``: where its pictures go."""

    kiosk: str
    screen: str
    who: str


def sender_of(request: Request, kiosk: str) -> Sender:
    """The page that sends, as it names itself, and who the gate found behind it."""
    who = getattr(request.state, "principal", None)
    screen = request.headers.get(SCREEN_HEADER, "http")[:64]
    return Sender(kiosk, screen, f"{who.kind}:{who.id}" if who else "")


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


# What is under way, and what becomes of one request.

_IN_ALL: Final = 128
"""Pictures of live video under way at once, of which most wait for their result: 64 kiosks send
two at a time. Beyond that they are refused."""
_DELIBERATE: Final = 32
"""Places more for photos that somebody takes on purpose: live video gives way to them."""
_DECODED: Final = 8
"""Pictures decoded at once; the others wait in the order in which they came."""
_BODY_WITHIN: Final = 10.0
_LONGEST_WAIT: Final = 1.0
"""Seconds for the result: about one look of a slow machine."""
_LOOK_EVERY: Final = 0.005


class Traffic:
    """Counts what is under way. On the event loop only, so it needs no lock."""

    def __init__(self) -> None:
        self._flying: Counter[str] = Counter()
        self._decoding = anyio.Semaphore(_DECODED)  # first come, first served

    @contextmanager
    def lane(self, kiosk: str, *, deliberate: bool, few: bool = False) -> Iterator[None]:
        """A place among the pictures under way; raises RequestRefused when there is none."""
        most = 1 if few and not deliberate else AT_ONCE
        places = _IN_ALL + (_DELIBERATE if deliberate else 0)
        if self._flying[kiosk] >= most or self._flying.total() >= places:
            raise RequestRefused(
                429, "Too many pictures at once. Send the next one when an answer has come."
            )
        self._flying[kiosk] += 1
        try:
            yield
        finally:
            self._flying[kiosk] -= 1
            self._flying += Counter()  # forgets kiosks that are at rest

    async def decoded(self, body: bytes) -> Image:
        """The picture in ``body``, when it is its turn; raises RequestRefused."""
        async with self._decoding:
            return await to_thread.run_sync(decode_frame, body)


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that came in; ``number`` is that of the next one, ``arrived`` in monotonic
    seconds."""

    image: Image
    number: str
    arrived: float

    def answer(self, fresh: bool, now: float) -> dict[str, object]:
        """``took`` tells the browser how much of the time the network took."""
        return {"number": self.number, "fresh": fresh, "took": now - self.arrived}


class Exchange:
    """All pictures that come in by a few routes. On the event loop only."""

    def __init__(self) -> None:
        self._traffic, self._numbers = Traffic(), Numbers()

    def start(self, sender: Sender) -> dict[str, object]:
        """The first numbers of a page."""
        return {"numbers": self._numbers.start(sender)}

    @asynccontextmanager
    async def picture(
        self,
        request: Request,
        sender: Sender,
        clock: Clock,
        *,
        deliberate: bool = False,
        few: bool = False,
    ) -> AsyncIterator[Taken]:
        """The picture that ``request`` brings, and its place among those under way.
        ``deliberate``: somebody took it on purpose. ``few``: one at a time of each kiosk.

        Raises RequestRefused."""
        with self._traffic.lane(sender.kiosk, deliberate=deliberate, few=few):
            number = self._numbers.spend(sender, request.headers.get(HEADER, ""))
            body, arrived = await _body(request), clock.monotonic()
            yield Taken(await self._traffic.decoded(body), number, arrived)


async def _body(request: Request) -> bytes:
    """The whole body, never more than MAX_BYTES of it."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > MAX_BYTES:
        raise _too_large()
    body = bytearray()
    async with _in_time():
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise _too_large()
    return bytes(body)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        with anyio.fail_after(_BODY_WITHIN):
            yield
    except (TimeoutError, ClientDisconnect):
        raise RequestRefused(408, "The picture did not arrive in time. Send it again.") from None


def _too_large() -> RequestRefused:
    return RequestRefused(
        413, f"The picture is too large; at most {MAX_BYTES // 1024:,} KiB are taken."
    )


async def look(stream: Stream, image: Image, clock: Clock) -> bool:
    """Offer the picture and wait for its result, or for that of a newer one; whether it came."""
    sent = clock.monotonic()
    stream.submit(image)
    with anyio.move_on_after(_LONGEST_WAIT):
        while True:
            scene = stream.scene()
            if scene is not None and scene.taken_at >= sent:
                return True
            await anyio.sleep(_LOOK_EVERY)
    return False
