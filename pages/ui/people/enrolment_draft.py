"""One registration in the making: all of it in one object that a new draft replaces whole.

Widgets carry the draft's ID in their keys, so nothing that was typed or taken for one person can
be left over for the next.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import numpy as np
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from face_rec.access.principal import Principal
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.people.gallery.gallery import centroid
from face_rec.people.photos.captures import Capture
from face_rec.people.photos.photo_check import EnrolPhoto

_KEY = "_draft"
_KEPT = 600.0  # seconds that a draft outlives its session


@dataclass(frozen=True, slots=True)
class Opened:
    """A guided capture that runs, the name under which its page feeds and watches it, and the
    one who may."""

    capture: Capture
    name: str
    owner: Principal
    end: Callable[[], None]


@dataclass(slots=True)
class Draft:
    """``words``: what was typed, by field. ``holder`` is who has the face or the ID already;
    ``face_taken`` tells which, and ``others`` who more may have the face. ``saved`` ends the draft
    (``added``: as photos of a known person). ``round`` counts the emptied upload and photo fields,
    ``refused_in`` is the one that ``refused`` is about. ``doubted``: what speaks against the
    photos of a capture, where it was asked and nobody has vouched yet; ``vouched``: an
    administrator's word. A run of the page may overtake the one
    before it: ``lock`` lets one of them write.
    """

    key: str
    words: dict[str, str] = field(default_factory=dict)
    photos: list[EnrolPhoto] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    refused_in: int = -1
    opened: Opened | None = None
    round: int = 0
    seen: set[str] = field(default_factory=set)
    problem: str = ""
    doubted: str = ""
    vouched: str = ""
    holder: Person | None = None
    face_taken: bool = False
    others: tuple[Person, ...] = ()
    saved: Person | None = None
    added: bool = False
    consent_at: datetime | None = None
    guided_done: bool = False
    strangers: tuple[str, ...] = ()
    """Unknown people whose pictures the photos are, by their ids."""
    lock: Lock = field(default_factory=Lock)

    def name(self, widget: str) -> str:
        """The key of one of this draft's widgets."""
        return f"{widget}-{self.key}"

    def begin_with(self, words: Mapping[str, str]) -> None:
        """What is known of the person before anything was typed."""
        if not self.words:
            self.words.update(words)

    def all_photos(self) -> tuple[EnrolPhoto, ...]:
        opened = self.opened
        taken = opened.capture.guide.state().photos if opened else ()
        return (*self.photos, *taken)

    def agreed_photos(self, app: RegistrarFacade) -> tuple[EnrolPhoto, ...]:
        """All photos, checked to be of one person: each way only checks its own; those of a
        capture with what it says of whether the person was there.

        Raises PictureRefused.
        """
        photos = (*self.photos, *(self.opened.capture.guide.taken() if self.opened else ()))
        for number, photo in enumerate(photos[1:], 1):
            earlier = np.stack([other.vector for other in photos[:number]])
            app.enrolment.examiner.agree(photo.vector, centroid(earlier))
        return photos

    def start_capture(self, app: RegistrarFacade, owner: Principal) -> Opened:
        """Open the guided capture, or return the one that is open. Taken up in another sign-in
        it goes on under a new name, for only who opened it may feed and watch it."""
        opened = self.opened
        if opened is None:
            opened = self._open(app, owner, self._new_capture(app))
        elif opened.owner != owner:
            opened.end()
            opened = self._open(app, owner, opened.capture)
        self.opened = opened
        return opened

    def _new_capture(self, app: RegistrarFacade) -> Capture:
        guide = app.enrolment.guided()
        stream = app.engine.open(f"register:{self.key}", guide)  # no name of a kiosk
        return Capture(guide, stream, self.all_photos, self.remove)

    def _open(self, app: RegistrarFacade, owner: Principal, capture: Capture) -> Opened:
        name = app.captures.open(capture)
        app.claim(name, owner)
        return Opened(capture, name, owner, lambda: app.captures.close(name))

    def end_capture(self) -> None:
        """Close the camera and keep what it took."""
        opened, self.opened = self.opened, None
        if opened is not None:
            opened.end()
            opened.capture.stream.close()
            self.photos.extend(opened.capture.guide.taken())

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

    def remove(self, photo: EnrolPhoto) -> None:
        """Take out one of :meth:`all_photos`. Any thread: pages and the capture's line do."""
        self.photos[:] = [one for one in self.photos if one is not photo]
        if self.opened:
            self.opened.capture.guide.remove(photo)


def current_draft(owner: str) -> Draft:
    """This session's draft, or the one that ``owner`` left behind in a session that has ended:
    whoever was sent away, or leaves the page, finds their words and photos for ten minutes."""
    draft: Draft | None = st.session_state.get(_KEY) or _LEFT.taken_up(owner, _session())
    if draft is None:
        draft = Draft(secrets.token_hex(6))
    st.session_state[_KEY] = draft
    _LEFT.note(owner, _session(), draft)
    return draft


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


class LeftDrafts:
    """The newest draft of each account, with the session that it is in. Safe from any thread."""

    def __init__(self, is_open: Callable[[str], bool], now: Callable[[], float]) -> None:
        """``is_open``: whether a session has a browser; ``now``: seconds that never go back."""
        self._is_open = is_open
        self._now = now
        self._known: dict[str, tuple[str, float, Draft]] = {}
        self._lock = Lock()

    def note(self, owner: str, session: str, draft: Draft) -> None:
        """``draft`` is being written in ``session``; what is too old is forgotten."""
        with self._lock:
            self._known[owner] = (session, self._now(), draft)
            old = [o for o, (_, at, _) in self._known.items() if self._now() - at > _KEPT]
            for one in old:
                self._known.pop(one)[2].end_capture()

    def taken_up(self, owner: str, session: str) -> Draft | None:
        """What ``owner`` left in a session that nobody looks at any more."""
        with self._lock:
            found = self._known.get(owner)
            if found is None or found[2].saved or self._now() - found[1] > _KEPT:
                return None
            left = found[0] != session and not self._is_open(found[0])
        return found[2] if left else None

    def forget(self, draft: Draft) -> None:
        with self._lock:
            for owner in [o for o, (_, _, known) in self._known.items() if known is draft]:
                del self._known[owner]


def _is_open(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


_LEFT = LeftDrafts(_is_open, time.monotonic)


def begin_with_photos(owner: str, photos: Sequence[EnrolPhoto], strangers: Sequence[str]) -> None:
    """A new draft with these photos, of unknown people; what was begun before is thrown away."""
    forget_draft()
    draft = Draft(secrets.token_hex(6), photos=list(photos), strangers=tuple(strangers))
    draft.guided_done = True
    st.session_state[_KEY] = draft
    _LEFT.note(owner, _session(), draft)


def forget_draft() -> None:
    """Nothing of it is left; the next run begins a new one."""
    old: Draft | None = st.session_state.pop(_KEY, None)
    if old is not None:
        _LEFT.forget(old)
        old.end_capture()
