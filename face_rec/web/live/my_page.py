"""The way from a kiosk to one's own page: a button for the one person who stands before the camera
and was recognised, and a code that their phone scans.

A code is for whom the live picture names at the moment of the press, and nobody says for whom: a
press has no name in it. It is shown on the screen of the kiosk's own device, whose pictures these
are, for seconds, and no longer as soon as another face is there. An account that has opened a
kiosk gets none: it would see who stands before a door where it is not.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

from anyio import CapacityLimiter, to_thread

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.domain.errors import AccessError, StoreError
from face_rec.domain.kiosks.screens import Label, Scene
from face_rec.domain.liveness import Liveness
from face_rec.domain.marks import Outcome
from face_rec.domain.recognition import Verdict
from face_rec.kiosks.banner import Named
from face_rec.web.gate.shown_links import qr
from face_rec.web.live.sources import Sources

log = logging.getLogger(__name__)

SHOWN: Final = 20.0
"""Seconds for which a code is shown."""
_SAID: Final = 5.0
"""… and that there is none."""
_KNOWN: Final = {Outcome.MARKED, Outcome.REPEATED, Outcome.ALREADY}


@dataclass(frozen=True, slots=True)
class MyPage:
    """What the screen shows. ``event``: of the mark by which it knows them; a press names it.
    ``code``: a picture as a data URI, for ``seconds``; "": only the button. ``refused``: there is
    none now."""

    event: str
    name: str
    code: str = field(default="", repr=False)
    seconds: float = SHOWN
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who has opened a line, as the gate knows them, and by which address."""

    principal: Principal
    url: str


@dataclass(frozen=True, slots=True)
class _Given:
    """A code, or that there is none, for one person on their ``track``; ``until``: monotonic
    seconds."""

    page: MyPage
    subject: str
    track: int
    until: float


def recognised(scene: Scene | None) -> Label | None:
    """The one face before the camera, if it is named, marked and in no doubt. With two of them
    nobody could tell for whom a code is."""
    if scene is None or len(scene.labels) != 1:
        return None
    (label,) = scene.labels
    named = label.verdict is Verdict.NAMED and label.hold is None and not label.problem
    if not named or label.life.verdict is Liveness.ATTACK:
        return None
    return label if label.receipt and label.receipt.outcome in _KNOWN else None


class OwnCode:
    """Of one screen. On the event loop only."""

    def __init__(self, sources: Sources, kiosk: str, screen: str, caller: Caller | None) -> None:
        """``caller`` None: nobody to whom a code could be given."""
        self._sources = sources
        self._kiosk, self._screen = kiosk, screen
        self._caller = caller
        self._given: _Given | None = None
        self._asked = False

    def shown(self, scene: Scene | None, now: float, named: Named) -> MyPage | None:
        """At this monotonic moment; ``scene``: what is seen now, None: nobody."""
        if self._given is not None and (now >= self._given.until or _other(scene, self._given)):
            self._given = None
        label = recognised(scene) if self._offered() else None
        if self._given is not None:
            return self._given.page if self._offered() else None
        return self._button(label, named) if label else None

    def _button(self, label: Label, named: Named) -> MyPage | None:
        return MyPage(label.receipt.event.id, named(label.name)) if label.receipt else None

    def _offered(self) -> bool:
        ours = self._sources
        device = self._caller is not None and self._caller.principal.kind is PrincipalKind.DEVICE
        feeds = ours.seats.feeds(self._kiosk, self._screen)
        return device and feeds and ours.own.offered() and not ours.away()

    async def ask(
        self, event: str, scene: Scene | None, named: Named, threads: CapacityLimiter
    ) -> None:
        """Somebody pressed the button of ``event``: of whoever is not there, nothing is done."""
        label = recognised(scene) if self._offered() else None
        page = self._button(label, named) if label else None
        if label is None or label.receipt is None or page is None or page.event != event:
            return
        if self._asked or self._given is not None:  # a second press, while the first is answered
            return
        subject, self._asked = label.receipt.event.subject, True
        try:
            made = await to_thread.run_sync(self._made, subject, limiter=threads)
        finally:
            self._asked = False
        until = self._sources.clock.monotonic() + (SHOWN if made else _SAID)
        page = MyPage(page.event, page.name, made, SHOWN, refused=not made)
        self._given = _Given(page, subject, label.track, until)

    def _made(self, subject: str) -> str:
        """A picture of the link; "": there is none."""
        caller = self._caller
        if caller is None:
            return ""
        try:
            path = self._sources.own.link(subject, self._kiosk)
        except (AccessError, StoreError) as error:
            log.info("own_code_refused kiosk=%s reason=%s", self._kiosk, type(error).__name__)
            return ""
        address = self._sources.own.base(caller.url) + path
        return qr(address)


def _other(scene: Scene | None, given: _Given) -> bool:
    """Whether a face is there that may be somebody else's. Theirs may be covered: one holds a
    phone before it to scan the code."""
    for label in scene.labels if scene else ():
        whose = label.receipt.event.subject if label.receipt else None
        theirs = label.verdict is Verdict.NAMED and whose == given.subject
        covered = label.verdict is Verdict.POOR and label.track == given.track
        if not theirs and not covered:
            return True
    return False
