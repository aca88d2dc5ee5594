"""``GET /api/v1/attendance``: events as they were recorded, corrections included."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people import PeopleReader
from face_rec.web.api.api_request import (
    BadRequest,
    after_cursor,
    beginning_of,
    cursor_of,
    end_of,
    limit_of,
)

_LONGEST: Final = timedelta(days=31, hours=2)
"""A month of local days, its change of the clocks included."""


def page(
    query: Mapping[str, str],
    attendance: MarkReader,
    people: PeopleReader,
    clock: Clock,
    zone: tzinfo,
) -> dict[str, object]:
    """One page of events, oldest first. Raises BadRequest, StoreUnavailable.

    ``zone``: of the site, whose days are meant where a plain date is given."""
    end = end_of(query, "to", zone) or clock.now()
    start = beginning_of(query, "from", zone) or end - timedelta(days=1)
    if not start < end <= start + _LONGEST:
        raise BadRequest("from must be before to, and at most 31 days.")
    limit, after = limit_of(query), after_cursor(query)
    subject = _subject(query, people)
    found = [
        event
        for event in attendance.between(start, end)
        if subject in ("", event.subject) and _place(event) > after
    ]
    found.sort(key=_place)
    shown, more = found[:limit], len(found) > limit
    known = people.many(list({event.subject for event in shown}))
    return {
        "items": [_event(event, known.get(event.subject)) for event in shown],
        "next": cursor_of(_place(shown[-1])) if more else None,
    }


def _subject(query: Mapping[str, str], people: PeopleReader) -> str:
    """The person asked for; empty for everybody."""
    if "person" not in query:
        return ""
    person = people.by_id(query["person"])
    return person.subject if person else "-"  # nobody: no event has it


def _place(event: Event) -> str:
    """Sorts by time, then id."""
    at = event.at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}|{event.id}"


def _event(event: Event, person: Person | None) -> dict[str, object]:
    """The subject stays inside: it would undo a later erasure."""
    return {
        "id": event.id,
        "at": _text(event.at),
        "person": {"id": person.id, "name": person.name, "group": person.group}
        if person
        else None,
        "kind": event.kind.value,
        "source": event.source.value,
        "kiosk": event.kiosk,
        "score": event.score,
        "target": event.target,
        "becomes": event.becomes.value if event.becomes else None,
        "author": event.author,
        "reason": event.reason,
        "recorded_at": _text(event.recorded_at) if event.recorded_at else None,
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
