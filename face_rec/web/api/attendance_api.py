"""``GET /api/v1/attendance``: events as they were recorded, corrections included."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Final

from anyio import to_thread
from starlette.requests import Request

from face_rec.domain.marks import Event
from face_rec.protocols.people import PeopleReader
from face_rec.web.api import schemas
from face_rec.web.api.operation import Operation, Parts
from face_rec.web.api.query import (
    CURSOR,
    FROM,
    LIMIT,
    PERSON,
    TO,
    BadRequest,
    after_cursor,
    beginning_of,
    cursor_of,
    end_of,
    limit_of,
)
from face_rec.web.api.schemas import EventPage

_LONGEST: Final = timedelta(days=31, hours=2)
"""A month of local days, its change of the clocks included."""


async def events(request: Request, parts: Parts) -> EventPage:
    """One page of events, oldest first. Raises BadRequest, StoreUnavailable."""
    return await to_thread.run_sync(_page, request.query_params, parts)


OPERATIONS: Final = (
    Operation(
        "GET", "/attendance", events, "Events as recorded, oldest first, corrections included",
        EventPage, query=(LIMIT, CURSOR, FROM, TO, PERSON),
    ),
)  # fmt: skip


def _page(query: Mapping[str, str], parts: Parts) -> EventPage:
    end = end_of(query, parts.zone) or parts.clock.now()
    start = beginning_of(query, parts.zone) or end - timedelta(days=1)
    if not start < end <= start + _LONGEST:
        raise BadRequest("from must be before to, and at most 31 days.")
    limit, after = limit_of(query), after_cursor(query)
    subject = _subject(query, parts.people)
    found = [
        event
        for event in parts.attendance.between(start, end)
        if subject in ("", event.subject) and _place(event) > after
    ]
    found.sort(key=_place)
    shown, more = found[:limit], len(found) > limit
    known = parts.people.many(list({event.subject for event in shown}))
    return EventPage(
        items=tuple(schemas.Event.of(event, known.get(event.subject)) for event in shown),
        next=cursor_of(_place(shown[-1])) if more else None,
    )


def _subject(query: Mapping[str, str], people: PeopleReader) -> str:
    """The person asked for; empty for everybody."""
    if PERSON.name not in query:
        return ""
    person = people.by_id(query[PERSON.name])
    return person.subject if person else "-"  # nobody: no event has it


def _place(event: Event) -> str:
    """Sorts by time, then id."""
    at = event.at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}|{event.id}"
