"""How the screens of kiosks are, as their browsers say it themselves."""

import hashlib
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cachetools import LRUCache

from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import msgid

_MOST: Final = 1024
"""Screens remembered, the newest of all kiosks; some 300 bytes each."""


@dataclass(frozen=True, slots=True)
class ScreenStatus:
    """``transport``: ``webrtc`` or ``http``. ``camera``: its label in the browser's words.
    ``rate``: pictures a second that it sends. ``dark``: it sees next to nothing (covered, or no
    light). ``battery``: 0 to 1, None where the browser does not tell. ``state``: of the camera
    (``ok``, ``denied`` …). ``version``: of the page's code. ``device``: :func:`digest_of` the
    number by which its browser knows the camera; ``width``, ``height`` (px), ``frame_rate`` and
    ``facing``: what the camera says of itself.

    All of it is said by the browser: who owns the device can make it say anything."""

    transport: str
    camera: str
    rate: float
    dark: bool
    battery: float | None
    state: str
    version: str
    device: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    facing: str = ""

    @property
    def virtual(self) -> bool:
        """Whether the camera calls itself like a program that plays videos as a camera. Another
        name is quickly given."""
        return is_virtual(self.camera)


_VIRTUAL: Final = re.compile(
    r"virtual|\bobs\b|manycam|v4l2.?loopback|dummy video|snap camera|xsplit|vcam|e2esoft|droidcam|"
    r"iriun|epoccam|camtwist|mmhmm|splitcam|webcamoid|akvcam|youcam|fake_device|\bndi\b",
    re.IGNORECASE,
)
"""OBS, ManyCam, v4l2loopback, Snap Camera, XSplit, DroidCam …: a list can only be incomplete."""


def is_virtual(label: str) -> bool:
    """Whether a camera calls itself like such a program."""
    return _VIRTUAL.search(label) is not None


def digest_of(device: str) -> str:
    """Of a camera's number: it tells a camera from others of the same browser, nothing more."""
    return hashlib.sha256(device.encode()).hexdigest()[:32] if device else ""


class CameraState(StrEnum):
    """Of a screen's camera, where its kiosk takes the pictures of one only."""

    FINE = ""
    UNTOLD = "untold"  # the screen has not said yet which it has
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Report:
    """What a screen of a kiosk said, and when."""

    kiosk: str
    screen: str
    status: ScreenStatus
    at: datetime


class ScreenReports:
    """The newest report of each screen. Safe from any thread; nothing is kept beyond a restart,
    for whoever is there reports again within seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: LRUCache[tuple[str, str], Report] = LRUCache(_MOST)

    def note(self, report: Report) -> None:
        with self._lock:
            self._newest[report.kiosk, report.screen] = report

    def of(self, kiosk: str) -> tuple[Report, ...]:
        """Of all screens of one kiosk, the latest first."""
        with self._lock:
            found = [one for one in self._newest.values() if one.kiosk == kiosk]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def newest(self, kiosk: str, screen: str) -> Report | None:
        """Of one screen."""
        with self._lock:
            return self._newest.get((kiosk, screen))


SAID_WITHIN: Final = timedelta(seconds=20)
"""A screen says how it is every five seconds while its line is open."""


def open_screens(reports: Iterable[Report], now: datetime) -> list[Report]:
    """Those that have said something lately, the latest first."""
    return [one for one in reports if now - one.at <= SAID_WITHIN]


def camera_state(record: KioskRecord, report: Report | None, now: datetime) -> CameraState:
    """Whether a screen of ``record``'s kiosk has the camera that is demanded there. What calls
    itself otherwise is another one, though the browser gave it the same number."""
    if not record.camera:
        return CameraState.FINE
    if report is None or now - report.at > SAID_WITHIN or not report.status.device:
        return CameraState.UNTOLD
    has = report.status.device, report.status.camera
    return CameraState.FINE if has == (record.camera, record.camera_label) else CameraState.OTHER


def camera_trouble(record: KioskRecord, reports: Iterable[Report], now: datetime) -> str:
    """Why a kiosk that takes one camera's pictures only marks nobody by them, or should not be
    relied on; empty where it does."""
    states = [camera_state(record, one, now) for one in reports]
    if CameraState.OTHER in states:
        return msgid("has another camera than its enrolled one, and marks nobody by face")
    if not is_virtual(record.camera_label):
        return ""
    return msgid("its enrolled camera calls itself a virtual one")


def camera_troubles(
    records: Iterable[KioskRecord], screens: ScreenReports, now: datetime
) -> dict[str, str]:
    """Of each kiosk that takes the pictures of one camera only: see :func:`camera_trouble`."""
    return {one.id: camera_trouble(one, screens.of(one.id), now) for one in records if one.camera}
