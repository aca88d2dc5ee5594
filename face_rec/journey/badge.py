"""Badges in the journey: while somebody wants to show one, the kiosk's pictures are searched for
its code, and for nothing else: no face is looked at meanwhile."""

import logging
from typing import Final, Protocol

import cv2
import numpy as np

from face_rec.domain.errors import JournalError
from face_rec.domain.faces import Frame, Image
from face_rec.domain.kiosks.badge_text import is_badge_text
from face_rec.journey.marking.punch import Puncher

log = logging.getLogger(__name__)

_SIDE: Final = 960
"""Pixels of the longer side of what is searched: twice as many take four times as long."""


class BadgeReader(Protocol):
    """What is asked about badges; see :class:`face_rec.access.devices.badge_check.BadgeCheck`."""

    def looks(self, kiosk: str) -> bool: ...

    def present(self, kiosk: str, text: str) -> str | None: ...

    def marked(self, kiosk: str) -> None: ...

    def not_saved(self, kiosk: str) -> None: ...


class BadgeStage:
    """Of one kiosk; used by one thread at a time."""

    def __init__(self, kiosk: str, reader: BadgeReader | None, punch: Puncher) -> None:
        self._kiosk = kiosk
        self._reader = reader
        self._punch = punch

    def __call__(self, frame: Frame) -> bool:
        """Whether the picture was searched for a badge; whose is in it, and valid, is marked."""
        if self._reader is None or not self._reader.looks(self._kiosk):
            return False
        text = code_in(frame.image)
        subject = self._reader.present(self._kiosk, text) if text else None
        if subject:
            self._mark(self._reader, subject)
        return True

    def _mark(self, reader: BadgeReader, subject: str) -> None:
        try:
            self._punch.without_face(subject)
        except JournalError as error:
            log.warning("badge_not_journalled kiosk=%s reason=%s", self._kiosk, error)
            reader.not_saved(self._kiosk)
        else:
            reader.marked(self._kiosk)


def code_in(image: Image) -> str:
    """The text of the badge in a BGR picture, also one in a mirror; "" where there is none, or a
    code of something else. Some 50 to 150 ms."""
    longest = max(image.shape[:2])
    if longest > _SIDE:
        scale = _SIDE / longest
        smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        image = smaller.astype(np.uint8, copy=False)
    try:
        found, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(image)
    except cv2.error as error:  # of a picture that it cannot read, which any may be
        log.info("badge_picture_unreadable reason=%s", error.code)
        return ""
    return next((text for text in texts if is_badge_text(text)), "") if found else ""
