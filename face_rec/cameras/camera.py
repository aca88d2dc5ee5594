"""A camera that the site runs by itself: where its pictures come from and what is done with them.

What a day is judged by (direction, groups, whether it is watched), its title, site, hours and
liveness stand in the kiosk's record of the same name: for marks, days and outages a camera is a
kiosk whose pictures nobody sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Final

from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.languages.language import msgid


class Purpose(StrEnum):
    """What a camera does with whom it sees; ``words``: as people read it."""

    words: str

    MARK = "mark", msgid("Marks attendance")
    WATCH = "watch", msgid("Only watches")
    ALARM = "alarm", msgid("Only alarms")

    def __new__(cls, value: str, words: str) -> "Purpose":
        one = str.__new__(cls, value)
        one._value_ = value
        one.words = words
        return one

    @property
    def marks(self) -> bool:
        return self is Purpose.MARK


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the picture that is looked at, as shares of its width and height, 0 to 1;
    right and bottom are exclusive."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @property
    def whole(self) -> bool:
        return self == WHOLE

    @property
    def sound(self) -> bool:
        """Whether it is a part of a picture, and large enough to hold a face."""
        within = 0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1
        return within and self.right - self.left >= SMALLEST and self.bottom - self.top >= SMALLEST

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """left, top, right, bottom in a picture of this size."""
        left, top = int(self.left * width), int(self.top * height)
        right, bottom = round(self.right * width), round(self.bottom * height)
        return left, top, max(left + 1, right), max(top + 1, bottom)


SMALLEST: Final = 0.05
WHOLE: Final = Region()
LARGEST_FACE: Final = 0.5
"""Of the least width of a face, as a share of the picture: more would let nobody through."""


@dataclass(frozen=True, slots=True)
class Camera:
    """All but what its kiosk's record says. ``sealed``: its address, which nobody is shown again;
    ``shown``: of it what may be: no user, no password, nothing behind a question mark.
    ``machine``: which machine alone can serve it (a USB camera, a file); empty: any.
    ``smallest``: least width of a face, as a share of the picture's shorter side; 0: as
    recognition needs it."""

    id: str
    sealed: str = field(repr=False)
    shown: str
    created_by: str
    created_at: datetime
    purpose: Purpose = Purpose.MARK
    region: Region = WHOLE
    smallest: float = 0.0
    machine: str = ""
    enabled: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class CameraDraft:
    """What a form asks for, of a new camera and of a change.

    ``address``: RTSP, RTSPS, HTTP or HTTPS URL, number of a USB camera, or name of a file in the
    folder of videos; empty in a change: as before, with user and password as before. ``user``
    and ``password``: empty: those of the address, else as before if it is on the same host. All
    else as in :class:`Camera` and :class:`~face_rec.kiosks.kiosk.KioskRecord`."""

    id: str
    address: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    title: str = ""
    site: str = ""
    direction: Direction = Direction.BOTH
    opens: time = time(0, 0)
    closes: time = time(0, 0)
    liveness: Check = Check.OBSERVE
    groups: frozenset[str] = frozenset()
    purpose: Purpose = Purpose.MARK
    region: Region = WHOLE
    smallest: float = 0.0
    machine: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class CameraEntry:
    """A camera with its kiosk's record, as pages and workers take it. ``placed``: whether there is
    one; without it nobody has said whom the camera marks, and it marks nobody."""

    camera: Camera
    kiosk: KioskRecord
    placed: bool = True

    @property
    def id(self) -> str:
        return self.camera.id

    def draft(self) -> CameraDraft:
        """What a form begins with; the address is not in it."""
        camera, kiosk = self.camera, self.kiosk
        return CameraDraft(
            camera.id, title=kiosk.title, site=kiosk.site, direction=kiosk.direction,
            opens=kiosk.opens, closes=kiosk.closes, liveness=kiosk.liveness, groups=kiosk.groups,
            purpose=camera.purpose, region=camera.region, smallest=camera.smallest,
            machine=camera.machine, enabled=camera.enabled,
        )  # fmt: skip


def entry_of(camera: Camera, places: Mapping[str, KioskRecord]) -> CameraEntry:
    """``places``: the kiosks' records by name."""
    place = places.get(camera.id)
    without = KioskRecord(camera.id, watched=False)
    return CameraEntry(camera, place or without, placed=place is not None)
