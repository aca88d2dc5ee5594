"""Attendance events, of which kinds there are, and what became of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Final, Self, TypeGuard

from face_rec.domain.clock_state import Stamp
from face_rec.domain.liveness import Finding, Liveness, reasons
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext, sentence, stored


class Way(IntEnum):
    """Which way somebody went; ANY where neither kiosk nor person said so."""

    ANY = 0
    IN = 1
    OUT = 2


@dataclass(frozen=True, slots=True)
class MarkKind:
    """An event of this kind says that somebody was there, and which ``way`` they went.
    ``words``: as screens call it; ``noun``: the same within a sentence; ``button``: how a kiosk
    offers it to whoever was just marked; empty: not at all."""

    words: str
    noun: str
    way: Way = Way.ANY
    button: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionKind:
    """An event of this kind changes what a mark counts as.

    ``voided``, ``confirmed`` and ``disputed``: what it makes of the mark; None leaves that as it
    was. With ``retypes`` the mark counts as the kind that the event ``becomes``, which may stand
    in ``already`` as {} and in ``words`` as {kind}. ``words`` and ``hint``: as a manager is
    offered it; ``verb``: as it is told afterwards; ``already``: why it is refused where it would
    change nothing.
    """

    words: str
    verb: str
    hint: str
    already: str
    voided: bool | None = None
    confirmed: bool | None = None
    disputed: bool | None = None
    retypes: bool = False


class EventKind(StrEnum):
    """Every kind of event: its value as it is stored, and what it is. Nothing else lists them, so
    that a new one is a new line here."""

    mark: MarkKind | None
    correction: CorrectionKind | None

    PUNCH = "punch", MarkKind(msgid("Mark"), "a punch")  # the rules say which way
    IN = "in", MarkKind(msgid("Check-in"), "an IN", Way.IN, msgid("In"))
    OUT = "out", MarkKind(msgid("Check-out"), "an OUT", Way.OUT, msgid("Out"))
    BREAK = "break", MarkKind(msgid("Break"), "a BREAK", Way.OUT, msgid("Break"))
    HELD = "held", None  # named, and not taken for live: no mark until somebody confirms it
    VOID = "void", CorrectionKind(
        msgid("Does not count"), msgid("voided"),
        msgid("The mark stays in the book but no longer counts. “Confirm” brings it back."),
        msgid("This mark is void already. Confirm it to bring it back."),
        voided=True,
    )  # fmt: skip
    RETYPE = "retype", CorrectionKind(
        msgid("Count as {kind}"), msgid("retyped"), msgid("Only how the mark counts changes."),
        msgid("This mark counts as {kind} already. Choose another kind."),
        retypes=True,
    )  # fmt: skip
    CONFIRM = "confirm", CorrectionKind(
        msgid("Confirm"), msgid("confirmed"),
        msgid(
            "Says that the mark is right: ends a dispute, brings a void mark back and takes it "
            "out of the review."
        ),
        msgid("This mark is confirmed already."),
        voided=False, confirmed=True, disputed=False,
    )  # fmt: skip
    DISPUTE = "dispute", CorrectionKind(
        msgid("Dispute"), msgid("disputed"),
        msgid("Says that the mark may be wrong. It counts until somebody voids it."),
        msgid("This mark is disputed already. Confirm or void it."),
        confirmed=False, disputed=True,
    )  # fmt: skip

    def __new__(cls, value: str, what: MarkKind | CorrectionKind | None) -> Self:
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.mark = what if isinstance(what, MarkKind) else None
        kind.correction = what if isinstance(what, CorrectionKind) else None
        return kind


def is_mark(kind: EventKind | None) -> TypeGuard[EventKind]:
    """Whether an event of this kind says that somebody was there; the others correct one that
    does, or tell that somebody was held. The cooldown, retention and the days speak of marks
    only."""
    return kind is not None and kind.mark is not None


MARK_KINDS: Final[Mapping[EventKind, MarkKind]] = {
    kind: kind.mark for kind in EventKind if kind.mark is not None
}
CORRECTION_KINDS: Final[Mapping[EventKind, CorrectionKind]] = {
    kind: kind.correction for kind in EventKind if kind.correction is not None
}


class Source(StrEnum):
    """What took an event: its value as it is stored, ``words`` as screens call it, and whether it
    is ``deliberate``: nobody lingers into it, so that no minimum stay applies. ``doubt``: why
    somebody has to look at each of its marks; empty: only at those with low scores. ``late``: it
    comes long after its time, between marks that are there already."""

    words: str
    deliberate: bool
    doubt: str
    late: bool

    VIDEO = "video", msgid("Camera")
    STILL = "still", msgid("Photo")
    PIN = "pin", msgid("PIN"), True, msgid("taken by PIN: no face was compared")
    BADGE = "badge", msgid("Badge"), True, msgid("taken by badge: no face was compared")
    MANUAL = "manual", msgid("By hand"), True
    IMPORT = "import", pgettext("where from", "Import"), True
    OFFLINE = "offline", msgid("Offline"), False, msgid("taken while the server was away"), True
    SEEN = (
        "seen",
        msgid("Seen before"),
        False,
        msgid("seen as unknown, before this person was known"),
        True,
    )
    MOBILE = "mobile", msgid("Phone"), True

    def __new__(
        cls, value: str, words: str, deliberate: bool = False, doubt: str = "", late: bool = False
    ) -> Self:
        source = str.__new__(cls, value)
        source._value_ = value
        source.words, source.deliberate, source.doubt = words, deliberate, doubt
        source.late = late
        return source


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody was who marked themselves on their phone: all that is kept of it.

    ``place``: the name of the place whose circle they were in; ``distance``: metres from its
    middle, as their phone had it; ``accuracy``: metres that the phone may be wrong by, as it says
    itself. ``doubt``: why somebody has to look at the mark, in words; empty: nobody has to.
    """

    place: str
    distance: int
    accuracy: int
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a day's attendance list; appended, never changed.

    ``at`` decides the UTC day that holds it. A correction names the event it
    corrects in ``target``, and says who (``author``), why (``reason``) and
    when (``recorded_at``); ``retype`` carries the new kind in ``becomes``. A mark that comes
    late says in ``recorded_at`` when it came, and in ``reason`` why its time is in doubt. Where
    somebody was held, ``reason`` says why.
    ``liveness``: median of the texture models, ``live``: what all that was found came to,
    ``found``: each piece of it; None and empty: not checked.
    ``clock``: what was known of the clock that it was written by; None: nothing was noted.
    ``where``: how far from which place, of a mark by a phone.
    ``beyond``: JSON of what a later version has added, handed on with the event.
    """

    id: str
    subject: str
    at: datetime
    kind: EventKind
    source: Source
    kiosk: str
    score: float | None = None
    margin: float | None = None
    liveness: float | None = None
    snapshot: str | None = None
    contract: str | None = None
    target: str | None = None
    becomes: EventKind | None = None
    author: str | None = None
    reason: str | None = None
    recorded_at: datetime | None = None
    live: Liveness | None = None
    found: tuple[Finding, ...] = ()
    clock: Stamp | None = None
    where: Whereabouts | None = None
    beyond: str = ""

    @property
    def utc_day(self) -> date:
        """Whose list holds it."""
        return self.at.astimezone(UTC).date()

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why somebody has to look at this mark whatever its scores are, in words."""
        by_source = (self.source.doubt,) if self.source.doubt else ()
        by_clock = (stored(self.clock.doubt),) if self.clock and self.clock.doubt else ()
        by_place = (stored(self.where.doubt),) if self.where and self.where.doubt else ()
        pictures = tuple(
            sentence("may be a picture: {why}", why=why) for why in reasons(self.found)
        )
        return by_source + by_clock + by_place + pictures


def cooldown_of(event: Event, seconds: float) -> float:
    """The cooldown by which ``event`` is held against the times of other marks: none where these
    are of a clock that was set meanwhile, and the cooldown is known to be over; nor for what a
    manager has written, also when it is offered again."""
    apart = event.clock is not None and event.clock.apart
    return 0.0 if apart or event.source is Source.MANUAL else seconds


class Outcome(StrEnum):
    MARKED = "marked"  # Redis has it
    SAVED_HERE = "saved_here"  # fsynced to the journal; Redis will get it
    ALREADY = "already"  # within the cooldown; nothing was written
    REPEATED = "repeated"  # this very event was there before (a replay)
    DRY_RUN = "dry_run"  # recognised, but writing was turned off on purpose


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an event. ``previous_at`` is the mark that stands when
    the outcome is ALREADY."""

    event: Event
    outcome: Outcome
    previous_at: datetime | None = None

    @property
    def already(self) -> bool:
        """Whether another mark stands instead of this one."""
        return self.outcome is Outcome.ALREADY

    @property
    def stands_at(self) -> datetime:
        """When the mark that stands was made."""
        return (self.previous_at if self.already else None) or self.event.at
