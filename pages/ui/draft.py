"""One registration in the making: all of it in one object that a new draft replaces whole.

Widgets carry the draft's ID in their keys, so nothing that was typed or taken for one person can
be left over for the next.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import numpy as np
import streamlit as st

from face_rec.entities import Person
from face_rec.people.capture import GuidedCapture
from face_rec.people.examine import EnrolPhoto, Examiner
from face_rec.people.gallery import centroid
from face_rec.people.quality import CAPTURE, assess
from face_rec.protocols import Stream
from face_rec.system import System
from pages.ui.camera import FramePump

_KEY = "_draft"


@dataclass(slots=True)
class Capture:
    """A guided capture that runs: what takes the photos, its stream, and the stream's camera."""

    guide: GuidedCapture
    stream: Stream
    pump: FramePump


@dataclass(slots=True)
class Draft:
    """Lives in the session. ``holder`` is who has the face or the ID already; ``face_taken``
    tells which. ``saved`` ends the draft (``added``: as photos of a known person). ``round``
    counts the emptied upload and photo fields, ``refused_in`` is the one that ``refused`` is
    about. A run of the page may overtake the one before
    it: ``lock`` lets one of them write.
    """

    key: str
    photos: list[EnrolPhoto] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    refused_in: int = -1
    capture: Capture | None = None
    drawn: bool = False
    round: int = 0
    seen: set[str] = field(default_factory=set)
    problem: str = ""
    holder: Person | None = None
    face_taken: bool = False
    saved: Person | None = None
    added: bool = False
    consent_at: datetime | None = None
    guided_done: bool = False
    lock: Lock = field(default_factory=Lock)

    def name(self, widget: str) -> str:
        """The key of one of this draft's widgets."""
        return f"{widget}-{self.key}"

    def all_photos(self) -> tuple[EnrolPhoto, ...]:
        taken = self.capture.guide.state().photos if self.capture else ()
        return (*self.photos, *taken)

    def agreed_photos(self, app: System) -> tuple[EnrolPhoto, ...]:
        """All photos, checked to be of one person: each way only checks its own.

        Raises PictureRefused.
        """
        photos = self.all_photos()
        for number, photo in enumerate(photos[1:], 1):
            earlier = np.stack([other.vector for other in photos[:number]])
            app.enrolment.examiner.agree(photo.vector, centroid(earlier))
        return photos

    def start_capture(self, app: System) -> Capture:
        """Open the guided capture, or return the one that is open."""
        if self.capture is None:
            guide = GuidedCapture(Examiner(app.models, assess, CAPTURE))
            stream = app.engine.open(f"register:{self.key}", guide)  # no name of a kiosk
            self.capture = Capture(guide, stream, FramePump(stream))
        return self.capture

    def end_capture(self) -> None:
        """Close the camera and keep what it took."""
        if self.capture is not None:
            self.capture.stream.close()
            self.photos.extend(self.capture.guide.state().photos)
            self.capture = None

    def finish(self, person: Person, added: bool = False) -> None:
        """The photos are stored with ``person``; nothing of them stays here."""
        self.end_capture()
        self.photos.clear()
        self.saved, self.added = person, added

    def begin_round(self) -> None:
        """New files: what was said of those before them is done with."""
        with self.lock:
            if self.refused_in != self.round:
                self.refused.clear()
                self.refused_in = self.round

    def remove(self, number: int) -> None:
        """Take out one of :meth:`all_photos`."""
        if number < len(self.photos):
            del self.photos[number]
        elif self.capture:
            self.capture.guide.remove(number - len(self.photos))


def current_draft() -> Draft:
    """This session's draft. Whoever left the page and comes back begins a new one."""
    draft: Draft | None = st.session_state.get(_KEY)
    if draft is None or _left(draft):
        forget_draft()
        draft = st.session_state[_KEY] = Draft(secrets.token_hex(6))
    return draft


def _left(draft: Draft) -> bool:
    """Streamlit drops the state of widgets with their page: then the page was left."""
    return draft.drawn and not draft.saved and draft.name("name") not in st.session_state


def forget_draft() -> None:
    """Nothing of it is left; the next run begins a new one."""
    old: Draft | None = st.session_state.pop(_KEY, None)
    if old is not None:
        old.end_capture()
