"""``/api/v1``: attendance to read, people to read and write; for programs with a token."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from face_rec.clock import Clock
from face_rec.domain.errors import (
    Conflict,
    ConsentMissing,
    DetailsRefused,
    FaceRecError,
    FaceTaken,
    IdTaken,
    ModelError,
    NotAllowed,
    PersonMissing,
    PictureError,
    RequestRefused,
    StoreError,
)
from face_rec.people.enrolment import Enrolment
from face_rec.privacy.erase import Erasure
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people import PeopleReader
from face_rec.web.api import api_attendance, api_people
from face_rec.web.api.api_request import BadRequest, ConsentText
from face_rec.web.api.document import document
from face_rec.web.gate.route_rules import API
from face_rec.web.server import problem

log = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class Parts:
    """What the API needs of the running system."""

    people: PeopleReader
    attendance: MarkReader
    enrolment: Enrolment
    erasure: Erasure
    consent: ConsentText
    clock: Clock
    zone: tzinfo = UTC
    """The site's, for plain dates."""


Handler = Callable[[Request, Parts], Awaitable[object]]
"""Returns what the answer's JSON says."""


async def _openapi(_: Request, __: Parts) -> object:
    return document(CODES)


async def _attendance(request: Request, parts: Parts) -> object:
    return await to_thread.run_sync(
        api_attendance.page, request.query_params, parts.attendance, parts.people, parts.clock,
        parts.zone,
    )  # fmt: skip


async def _people(request: Request, parts: Parts) -> object:
    return await to_thread.run_sync(api_people.page, request.query_params, parts.people)


async def _person(request: Request, parts: Parts) -> object:
    return await to_thread.run_sync(api_people.one, _id(request), parts.people)


async def _register(request: Request, parts: Parts) -> object:
    form = await api_people.read_form(request)
    return await to_thread.run_sync(
        api_people.register, form, parts.enrolment, parts.consent, parts.clock
    )


async def _edit(request: Request, parts: Parts) -> object:
    changes = await api_people.read_changes(request)
    return await to_thread.run_sync(
        api_people.edit, _id(request), changes, parts.people, parts.enrolment
    )


async def _erase(request: Request, parts: Parts) -> object:
    by = f"{request.state.principal.name} (API)"
    return await to_thread.run_sync(
        api_people.erase, _id(request), parts.people, parts.erasure, by
    )


async def _add_photos(request: Request, parts: Parts) -> object:
    form = await api_people.read_form(request)
    return await to_thread.run_sync(
        api_people.add_photos, _id(request), form, parts.people, parts.enrolment
    )


_HANDLERS: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "/openapi.json"): _openapi,
    ("GET", "/attendance"): _attendance,
    ("GET", "/people"): _people,
    ("POST", "/people"): _register,
    ("GET", "/people/{id}"): _person,
    ("PATCH", "/people/{id}"): _edit,
    ("DELETE", "/people/{id}"): _erase,
    ("POST", "/people/{id}/photos"): _add_photos,
}


def routes(parts: Callable[[], Parts]) -> list[Route]:
    """The routes; each operation is one line of the table in :mod:`route_rules`."""
    return [
        Route(ROOT + path, _guarded(_HANDLERS[method, path], parts), methods=[method])
        for method, path in API
    ]


def _guarded(
    handler: Handler, parts: Callable[[], Parts]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if getattr(request.state, "principal", None) is None:  # nothing works without the gate
            return problem.problem(401, "Send a valid token.")
        try:
            return _told(await handler(request, parts()), created=handler is _register)
        except HTTPException as error:
            return problem.problem(error.status_code, error.detail)
        except FaceRecError as error:
            return _refused(error)
        except Exception:
            log.exception("api_failed path=%r", request.scope["path"][:200])
            return problem.problem(500, "That failed on our side. It is written in the log.")

    return endpoint


def _told(said: object, created: bool) -> Response:
    return JSONResponse(said, 201 if created else 200, _NO_STORE)


def _refused(error: FaceRecError) -> Response:
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return problem.problem(status, str(error), code)
    return problem.problem(422, str(error), "refused")


def _id(request: Request) -> str:
    return str(request.path_params["id"])
