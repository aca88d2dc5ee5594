"""One request of a person about a mark of theirs, and the rules by which it may be made."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Protocol

from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.free_text import free_text
from face_rec.domain.marks import EventKind, is_mark
from face_rec.languages.language import msgid

LONGEST_REASON: Final = 500
BACK: Final = timedelta(days=31)
"""How old the time may be that is asked for."""
MOST_WAITING: Final = 10
MOST_A_DAY: Final = 20
"""Asked for within 24 hours, whatever became of them: each one tells the office."""
KEPT: Final = timedelta(days=365)
"""For how long one that was decided is kept."""
KEPT_BACK: Final = timedelta(days=7)
"""For how long one that its person took back is kept."""
_DAY: Final = timedelta(days=1)
_NEAR: Final = timedelta(minutes=1)
_STUCK: Final = timedelta(minutes=1)


class Standing(StrEnum):
    """How a request stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"
    CANCELLED = "cancelled"
    """Approved leave that was undone, by its person before it began or by the office."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a mark of ``kind`` at ``at`` that is missing; or, where ``event`` names
    one, that this mark does not count. ``at`` is aware."""

    at: datetime
    kind: EventKind
    event: str = ""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """``reason`` and ``note`` are sealed. ``by``: who decided. ``made``: the correction that came
    of it; "" where none did, or not yet."""

    id: str
    wish: Wish
    reason: str = field(repr=False)
    asked_at: datetime
    standing: Standing = Standing.ASKED
    by: str = ""
    note: str = field(default="", repr=False)
    decided_at: datetime | None = None
    made: str = ""

    def waits(self, now: datetime) -> bool:
        """Whether somebody has to decide: also where whoever approved was cut off before the
        mark was written."""
        return waits(self, now)

    @property
    def unfinished(self) -> bool:
        """Approved, and what is to come of it is not noted (yet)."""
        return unfinished(self)

    def old(self, now: datetime) -> bool:
        """Whether it was decided so long ago that it is not kept any more."""
        return old(self, now)


class Decided(Protocol):
    """What requests of all kinds have in common."""

    @property
    def id(self) -> str: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def made(self) -> str: ...


def unfinished(one: Decided) -> bool:
    """See :attr:`OwnRequest.unfinished`."""
    return one.standing is Standing.APPROVED and not one.made


def waits(one: Decided, now: datetime) -> bool:
    """See :meth:`OwnRequest.waits`."""
    stuck = unfinished(one) and now - (one.decided_at or now) > _STUCK
    return one.standing is Standing.ASKED or stuck


def old(one: Decided, now: datetime) -> bool:
    """See :meth:`OwnRequest.old`."""
    kept = KEPT_BACK if one.standing is Standing.TAKEN_BACK else KEPT
    return one.decided_at is not None and now - one.decided_at >= kept


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Leave that somebody asks for, both days included. ``type``: of the site's leave types, by
    its id, and ``kind`` its name then; ``days``: how many it takes. ``reason`` and ``note`` are
    sealed. ``made``: the leave that came of it."""

    id: str
    type: str
    kind: str
    first: date
    last: date
    half: bool
    days: float
    reason: str = field(repr=False)
    asked_at: datetime
    standing: Standing = Standing.ASKED
    by: str = ""
    note: str = field(default="", repr=False)
    decided_at: datetime | None = None
    made: str = ""

    def waits(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.waits`."""
        return waits(self, now)

    @property
    def unfinished(self) -> bool:
        """See :attr:`OwnRequest.unfinished`."""
        return unfinished(self)

    def old(self, now: datetime) -> bool:
        """See :meth:`OwnRequest.old`. Of leave that is to come the year begins with its end."""
        ended = datetime.combine(self.last, time(), UTC)
        return old(self, now) and now - ended >= KEPT_BACK


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """Those of one person, oldest first; ``id``: the person's subject."""

    id: str
    requests: tuple[OwnRequest, ...] = ()
    version: int = 0
    leaves: tuple[LeaveRequest, ...] = ()

    @property
    def all(self) -> tuple["OwnRequest | LeaveRequest", ...]:
        """Of both kinds, by when they were asked for."""
        return tuple(sorted((*self.requests, *self.leaves), key=lambda one: one.asked_at))

    def leave(self, request_id: str) -> LeaveRequest | None:
        return next((one for one in self.leaves if one.id == request_id), None)

    def get(self, request_id: str) -> OwnRequest | None:
        return next((one for one in self.requests if one.id == request_id), None)

    def having(self, changed: OwnRequest | LeaveRequest) -> "OwnRequests":
        """With this one in the place of the one of its id."""
        if isinstance(changed, LeaveRequest):
            leaves = tuple(changed if one.id == changed.id else one for one in self.leaves)
            return replace(self, leaves=leaves)
        found = tuple(changed if one.id == changed.id else one for one in self.requests)
        return replace(self, requests=found)

    def without(self, request_id: str) -> "OwnRequests":
        found = tuple(one for one in self.requests if one.id != request_id)
        leaves = tuple(one for one in self.leaves if one.id != request_id)
        return replace(self, requests=found, leaves=leaves)

    def kept(self, now: datetime) -> "OwnRequests":
        """Without what was decided long ago."""
        young = tuple(one for one in self.requests if not one.old(now))
        leaves = tuple(one for one in self.leaves if not one.old(now))
        return replace(self, requests=young, leaves=leaves)


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """What a clock on the wall shows, in UTC; of an hour that comes twice the first. Raises
    CorrectionRefused for a time that the clocks left out."""
    found = datetime.combine(day, at, zone).astimezone(UTC)
    if found.astimezone(zone).time() != at:
        raise CorrectionRefused(
            msgid("The clocks were put forward: this time was left out. Give another one.")
        )
    return found


def check_wish(wish: Wish, reason: str, now: datetime) -> None:
    """Raises CorrectionRefused, in words for its person, for what nobody can ask for."""
    _check_reason(reason)
    _check_time(wish, now)


def check(wish: Wish, now: datetime, standing: OwnRequests, marks: Iterable[datetime]) -> None:
    """The same for what cannot be asked for beside what they have asked for before, and the
    times of theirs that count, ``marks``."""
    _check_others(wish, standing, now)
    if not wish.event and near(wish.at, marks):
        raise CorrectionRefused(msgid("There is a mark of yours at this time already."))


def _check_reason(reason: str) -> None:
    if not free_text(reason):
        raise CorrectionRefused(msgid("Say what happened: the office needs a reason."))
    check_length(reason)


def check_length(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise CorrectionRefused(msgid("Keep the reason within 500 characters."))


def _check_time(wish: Wish, now: datetime) -> None:
    if wish.at > now:
        raise CorrectionRefused(msgid("This time has not come yet. Give one in the past."))
    if now - wish.at > BACK:
        raise CorrectionRefused(msgid("This is more than 31 days ago. Ask the office."))
    if not is_mark(wish.kind):
        raise CorrectionRefused(msgid("Say whether you came or left."))


def _check_others(wish: Wish, standing: OwnRequests, now: datetime) -> None:
    waiting = [one for one in standing.requests if one.standing is Standing.ASKED]
    if any(_same(one.wish, wish) for one in waiting):
        raise CorrectionRefused(msgid("You have asked for this already."))
    check_often(standing, now)


def check_often(standing: OwnRequests, now: datetime) -> None:
    """Raises CorrectionRefused where too many wait, or were sent within a day, of both kinds."""
    waiting = [one for one in standing.all if one.standing is Standing.ASKED]
    if len(waiting) >= MOST_WAITING:
        raise CorrectionRefused(msgid("Ten requests wait already. Wait until some are decided."))
    if sum(now - one.asked_at < _DAY for one in standing.all) >= MOST_A_DAY:
        raise CorrectionRefused(msgid("You have asked often enough today. Ask again tomorrow."))


def near(at: datetime, marks: Iterable[datetime]) -> bool:
    """Whether a mark lies within a minute of ``at``."""
    return any(abs(one - at) < _NEAR for one in marks)


def _same(one: Wish, other: Wish) -> bool:
    if one.event or other.event:
        return one.event == other.event
    return abs(one.at - other.at) < _NEAR
