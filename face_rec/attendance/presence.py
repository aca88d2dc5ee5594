"""Who has been seen on a day, from its events alone: what a live screen needs before any shift
or rule is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from face_rec.entities import Event, EventKind

_MARKS = {EventKind.PUNCH, EventKind.IN, EventKind.OUT}


@dataclass(frozen=True, slots=True)
class Presence:
    """One subject's day so far. ``here`` is False only after an explicit check-out: a plain
    punch has no direction of its own."""

    subject: str
    first_at: datetime
    last_at: datetime
    marks: int
    here: bool


def marks(events: Iterable[Event]) -> list[Event]:
    """The marks that stand, oldest first: corrections themselves and what they void left out."""
    listed = list(events)
    void = {event.target for event in listed if event.kind is EventKind.VOID}
    kept = [event for event in listed if event.kind in _MARKS and event.id not in void]
    return sorted(kept, key=lambda event: event.at)


def presence(events: Iterable[Event]) -> list[Presence]:
    """Everybody with a standing mark, in order of arrival."""
    listed = list(events)
    kinds = {e.target: e.becomes for e in listed if e.kind is EventKind.RETYPE}
    days: dict[str, Presence] = {}
    for event in marks(listed):
        before = days.get(event.subject)
        days[event.subject] = Presence(
            subject=event.subject,
            first_at=before.first_at if before else event.at,
            last_at=event.at,
            marks=before.marks + 1 if before else 1,
            here=(kinds.get(event.id) or event.kind) is not EventKind.OUT,
        )
    return sorted(days.values(), key=lambda day: day.first_at)
