"""What a mark means to the person who made it: in or out, and what follows from that."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.attendance.marks.visit import Visit
from face_rec.domain.marks import Event, EventKind, Way
from face_rec.kiosks.kiosk import Direction
from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH, Translator

_COMES: Final = (msgid("In: welcome"), msgid("In: welcome back"))
"""The first time of a day, and later."""


def meaning(
    event: Event,
    visits: Iterable[Visit],
    direction: Direction,
    zone: tzinfo,
    late: int = 0,
    *,
    words: Translator = ENGLISH,
) -> str:
    """One short line for the greeting; empty where it cannot be told (the day's list is away).

    ``visits``: of this local day, by time; of other people, too. Where the kiosk counts both ways,
    a person's visits are in, out, in … by turns, as the day reads them without a shift, but for
    those of which somebody said what they are. ``late``: seconds that the person has come late.
    """
    own = [visit for visit in visits if visit.first.event.subject == event.subject]
    number = _number(event, own)
    if direction is Direction.BOTH and number is None:
        return ""
    if number is not None and own[number].first.event.id != event.id:
        since = _clock(own[number].first.event.at, zone, words)
        return words.gettext("Seen again: nothing changes since {time}", time=since)
    if number is not None and own[number].first.kind is EventKind.BREAK:
        return words.gettext("Break: see you soon")
    if direction is Direction.IN or (direction is Direction.BOTH and _inside(own, number or 0)):
        return _with_lateness(words.gettext(_COMES[bool(number)]), late, words)
    return _out(event, own[number - 1] if number else None, zone, words)


def way_of(event_id: str, own: Sequence[Visit], direction: Direction) -> Way:
    """Which way a mark counts, as the day reads it without a shift; ANY where it changes nothing,
    or the day's list does not have it. ``own``: the person's visits of the day."""
    number = next((n for n, one in enumerate(own) if one.first.event.id == event_id), None)
    if number is None:
        return Way.ANY
    said = own[number].first.kind.mark
    if said is not None and said.way is not Way.ANY:
        return said.way
    if direction is not Direction.BOTH:
        return Way.IN if direction is Direction.IN else Way.OUT
    return Way.IN if _inside(own, number) else Way.OUT


def _inside(own: Sequence[Visit], number: int) -> bool:
    """Whether the person is inside after their visit of this number."""
    inside = False
    for visit in own[: number + 1]:
        what = visit.first.kind.mark
        way = what.way if what else Way.ANY
        inside = not inside if way is Way.ANY else way is Way.IN
    return inside


def _with_lateness(meant: str, late: int, words: Translator) -> str:
    """The line with by how many seconds its person came late; of who goes nothing is said."""
    if not late:
        return meant
    minutes = late // 60
    if minutes < 60:
        said = words.ngettext("Late by {count} min", "Late by {count} min", minutes)
    else:
        said = words.gettext("Late by {hours} h", hours=_hours(minutes))
    return f"{meant} · {said}"


def _out(event: Event, before: Visit | None, zone: tzinfo, words: Translator) -> str:
    if before is None:
        return words.gettext("Out: goodbye")
    came = before.first.event.at
    stayed = int((event.at - came) / timedelta(minutes=1))
    since = _clock(came, zone, words)
    return words.gettext("Out: here since {time}, {hours} h", time=since, hours=_hours(stayed))


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _number(event: Event, own: list[Visit]) -> int | None:
    """Which of the person's visits the event belongs to."""
    for number, visit in enumerate(own):
        if any(entry.event.id == event.id for entry in visit.marks):
            return number
    return None


def _clock(at: datetime, zone: tzinfo, words: Translator) -> str:
    local = at.astimezone(zone)
    return words.time(local.hour, local.minute)
