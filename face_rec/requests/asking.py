"""By which rules somebody may ask: for a mark, and how often at all."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.free_text import free_text
from face_rec.domain.marks import is_mark
from face_rec.languages.language import msgid
from face_rec.requests.request import OwnRequests, Standing, Wish

LONGEST_REASON: Final = 500
BACK: Final = timedelta(days=31)
"""How old the time may be that is asked for."""
MOST_WAITING: Final = 10
MOST_A_DAY: Final = 20
"""Asked for within 24 hours, whatever became of them: each one tells the office."""
_DAY: Final = timedelta(days=1)
_NEAR: Final = timedelta(minutes=1)


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
        raise CorrectionRefused(
            msgid("There is a mark of yours at this time already. Choose another time.")
        )


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
        raise CorrectionRefused(msgid("You have asked for this already. Wait for the answer."))
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
