"""``/api/v1``: its routes and errors, and attendance to read; for programs with a token."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from anyio import to_thread
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from face_rec.domain.enrolment_errors import ConsentMissing, DetailsRefused, FaceTaken, IdTaken
from face_rec.domain.errors import (
    Conflict,
    FaceRecError,
    ModelError,
    NotAllowed,
    PersonMissing,
    PictureError,
    RequestRefused,
    StoreError,
)
from face_rec.notices.schema import schema
from face_rec.protocols.people_store import PeopleReader
from face_rec.web.api import people_api, schemas
from face_rec.web.api.events import feed, pages_of, place
from face_rec.web.api.operation import Operation, Parts, document
from face_rec.web.api.query import (
    AFTER,
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
from face_rec.web.base import problem

ROOT: Final = "/api/v1"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_CODES: Final[tuple[tuple[type[Exception], int, str], ...]] = (
    (BadRequest, 400, "bad_request"),
    (DetailsRefused, 422, "details_refused"),
    (IdTaken, 409, "id_taken"),
    (FaceTaken, 409, "face_taken"),
    (Conflict, 409, "conflict"),
    (ConsentMissing, 422, "consent_missing"),
    (PictureError, 422, "picture_refused"),
    (PersonMissing, 404, "not_found"),
    (NotAllowed, 403, "forbidden"),
    (ModelError, 503, "not_ready"),
    (StoreError, 503, "unavailable"),
    (RequestRefused, 400, "bad_request"),
    (FaceRecError, 422, "refused"),
)
CODES: Final = tuple(dict.fromkeys([*(code for _, _, code in _CODES), *problem.CODES]))
"""Every code that an error can have; none is ever renamed."""
_LONGEST: Final = timedelta(days=31, hours=2)
"""A month of local days, its change of the clocks included."""


async def _openapi(_: Request, __: Parts) -> Mapping[str, Any]:
    return document(OPERATIONS, CODES)


async def _schema(_: Request, __: Parts) -> Mapping[str, Any]:
    return schema()


async def events(request: Request, parts: Parts) -> EventPage:
    """One page of events, oldest first. Raises BadRequest, StoreUnavailable."""
    return await to_thread.run_sync(_page, request.query_params, parts)


OPERATIONS: Final = (
    Operation("GET", "/openapi.json", _openapi, "This description", None),
    Operation(
        "GET", "/attendance", events, "Events as recorded, oldest first, corrections included",
        EventPage, query=(LIMIT, CURSOR, FROM, TO, PERSON),
    ),
    Operation(
        "GET", "/events", feed, "What happens, as it happens", None, query=(AFTER,),
        description="Server-Sent Events; the header Last-Event-ID goes on where a program was.",
        media="text/event-stream",
    ),
    Operation("GET", "/events/schema", _schema, "What each event says, as JSON Schema", None),
    *people_api.OPERATIONS,
)  # fmt: skip


def routes(parts: Callable[[], Parts]) -> list[Route]:
    """The routes. Who may call each is said by :data:`route_rules.API`, and by nothing else."""
    return [
        Route(ROOT + one.path, _guarded(one, parts), methods=[one.method]) for one in OPERATIONS
    ]


def _guarded(
    operation: Operation, parts: Callable[[], Parts]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        principal = getattr(request.state, "principal", None)
        if principal is None:  # nothing works without the gate
            return problem.problem(401, "Send a valid token.")
        try:
            said = await operation.handler(request, parts())
        except HTTPException as error:
            return problem.problem(error.status_code, error.detail)
        except FaceRecError as error:
            return _refused(error)
        except ClientDisconnect:
            raise  # it hears no answer
        except Exception:
            log.exception("api_failed path=%r", request.scope["path"][:200])
            return problem.problem(500, "That failed on our side. It is written in the log.")
        if not operation.answered_to(principal):
            return Response(status_code=204, headers=_NO_STORE)
        return _told(said, operation.status)

    return endpoint


def _told(said: BaseModel | Mapping[str, Any] | Response, status: int) -> Response:
    if isinstance(said, Response):
        return said
    plain = said.model_dump(mode="json") if isinstance(said, BaseModel) else said
    return JSONResponse(plain, status, _NO_STORE)


def _refused(error: FaceRecError) -> Response:
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return problem.problem(status, str(error), code)
    return problem.problem(422, str(error), "refused")


# --- attendance


def _page(query: Mapping[str, str], parts: Parts) -> EventPage:
    end = end_of(query, parts.zone) or parts.clock.now()
    start = beginning_of(query, parts.zone) or end - timedelta(days=1)
    if not start < end <= start + _LONGEST:
        raise BadRequest("from must be before to, and at most 31 days.")
    limit, after = limit_of(query), after_cursor(query)
    subject = _subject(query, parts.people)
    events = pages_of(parts.attendance).events(start, end, after, subject)
    found = list(islice(events, limit + 1))
    shown, more = found[:limit], len(found) > limit
    known = parts.people.many(list({event.subject for event in shown}))
    changes = parts.clock_changes()
    return EventPage(
        items=tuple(
            schemas.Event.of(event, known.get(event.subject), changes.doubt(event, parts.zone))
            for event in shown
        ),
        next=cursor_of(place(shown[-1])) if more else None,
    )


def _subject(query: Mapping[str, str], people: PeopleReader) -> str | None:
    """The person asked for; None for everybody."""
    if PERSON.name not in query:
        return None
    person = people.by_id(query[PERSON.name])
    return person.subject if person else "-"  # nobody: no event has it


log = logging.getLogger(__name__)
