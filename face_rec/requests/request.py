"""One request of a person about a mark of theirs, and the rules by which it may be made."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import EventKind, is_mark
from face_rec.languages.language import msgid

LONGEST_REASON: Final = 500
BACK: Final = timedelta(days=31)
"""How old the time may be that is asked for."""
MOST_WAITING: Final = 10
KEPT: Final = timedelta(days=365)
"""For how long one that was decided is kept."""
_NEAR: Final = timedelta(minutes=1)
_STUCK: Final = timedelta(minutes=1)


class Standing(StrEnum):
    """How a request stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"


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
        if self.standing is Standing.ASKED:
            return True
        cut_off = self.standing is Standing.APPROVED and not self.made and self.decided_at
        return bool(cut_off) and now - (self.decided_at or now) > _STUCK


@dataclass(frozen=True, slots=True)
class OwnRequests:
    """Those of one person, oldest first; ``id``: the person's subject."""

    id: str
    requests: tuple[OwnRequest, ...] = ()
    version: int = 0

    def get(self, request_id: str) -> OwnRequest | None:
        return next((one for one in self.requests if one.id == request_id), None)

    def having(self, changed: OwnRequest) -> "OwnRequests":
        """With this one in the place of the one of its id."""
        found = tuple(changed if one.id == changed.id else one for one in self.requests)
        return replace(self, requests=found)

    def kept(self, now: datetime) -> "OwnRequests":
        """Without what was decided long ago."""
        young = tuple(
            one for one in self.requests if one.decided_at is None or now - one.decided_at < KEPT
        )
        return replace(self, requests=young)


def check(
    wish: Wish, reason: str, now: datetime, standing: OwnRequests, marks: Iterable[datetime]
) -> None:
    """Raises CorrectionRefused, in words for its person, for what cannot be asked for. ``marks``:
    the times of theirs that count."""
    _check_reason(reason)
    _check_time(wish, now)
    _check_others(wish, standing)
    if not wish.event and near(wish.at, marks):
        raise CorrectionRefused(msgid("There is a mark of yours at this time already."))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise CorrectionRefused(msgid("Say what happened: the office needs a reason."))
    if len(reason) > LONGEST_REASON:
        raise CorrectionRefused(msgid("Keep the reason within 500 characters."))


def _check_time(wish: Wish, now: datetime) -> None:
    if wish.at > now:
        raise CorrectionRefused(msgid("This time has not come yet. Give one in the past."))
    if now - wish.at > BACK:
        raise CorrectionRefused(msgid("This is more than 31 days ago. Ask the office."))
    if not is_mark(wish.kind):
        raise CorrectionRefused(msgid("Say whether you came or left."))


def _check_others(wish: Wish, standing: OwnRequests) -> None:
    waiting = [one for one in standing.requests if one.standing is Standing.ASKED]
    if any(_same(one.wish, wish) for one in waiting):
        raise CorrectionRefused(msgid("You have asked for this already."))
    if len(waiting) >= MOST_WAITING:
        raise CorrectionRefused(msgid("Ten requests wait already. Wait until some are decided."))


def near(at: datetime, marks: Iterable[datetime]) -> bool:
    """Whether a mark lies within a minute of ``at``."""
    return any(abs(one - at) < _NEAR for one in marks)


def _same(one: Wish, other: Wish) -> bool:
    if one.event or other.event:
        return one.event == other.event
    return abs(one.at - other.at) < _NEAR
