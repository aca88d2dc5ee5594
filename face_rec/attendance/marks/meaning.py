"""What a mark means to the person who made it: in or out, and what follows from that."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.attendance.marks.visit import Visit
from face_rec.domain.marks import Event, EventKind, Way
from face_rec.kiosks.kiosk import Direction

_COMES: Final = "In: welcome"


def meaning(
    event: Event, visits: Iterable[Visit], direction: Direction, zone: tzinfo, late: int = 0
) -> str:
    """One short line for the greeting; empty where it cannot be told (the day's list is away).

    ``visits``: of this local day, by time; of other people, too. Where the kiosk counts both ways,
    a person's visits are in, out, in … by turns, as the day reads them without a shift, but for
    those of which somebody said what they are. ``late``: seconds that the person has come late.
    """
    own = [visit for visit in visits if visit.first.event.subject == event.subject]
    return _with_lateness(_which_way(event, own, direction, zone), late)


def _which_way(event: Event, own: list[Visit], direction: Direction, zone: tzinfo) -> str:
    number = _number(event, own)
    if direction is Direction.BOTH and number is None:
        return ""
    if number is not None and own[number].first.event.id != event.id:
        return f"Seen again: nothing changes since {_clock(own[number].first.event.at, zone)}"
    if number is not None and own[number].first.kind is EventKind.BREAK:
        return "Break: see you soon"
    if direction is Direction.IN or (direction is Direction.BOTH and _inside(own, number or 0)):
        return _COMES if not number else f"{_COMES} back"
    return _out(event, own[number - 1] if number else None, zone)


def _inside(own: list[Visit], number: int) -> bool:
    """Whether the person is inside after their visit of this number."""
    inside = False
    for visit in own[: number + 1]:
        what = visit.first.kind.mark
        way = what.way if what else Way.ANY
        inside = not inside if way is Way.ANY else way is Way.IN
    return inside


def _with_lateness(meant: str, late: int) -> str:
    """The line with by how many seconds its person came late; of who goes nothing is said."""
    if not late or not meant.startswith(_COMES):
        return meant
    minutes = late // 60
    much = f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
    return f"{meant} · Late by {much}"


def _out(event: Event, before: Visit | None, zone: tzinfo) -> str:
    if before is None:
        return "Out: goodbye"
    came = before.first.event.at
    stayed = int((event.at - came) / timedelta(minutes=1))
    return f"Out: here since {_clock(came, zone)}, {stayed // 60}:{stayed % 60:02} h"


def _number(event: Event, own: list[Visit]) -> int | None:
    """Which of the person's visits the event belongs to."""
    for number, visit in enumerate(own):
        if any(entry.event.id == event.id for entry in visit.marks):
            return number
    return None


def _clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
