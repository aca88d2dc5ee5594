"""``/api/v1``: attendance to read, people to read and write; for programs with a token."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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
from face_rec.web.api import attendance_api, people_api
from face_rec.web.api.operation import Operation, Parts, document
from face_rec.web.api.query import BadRequest
from face_rec.web.base import problem

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


async def _openapi(_: Request, __: Parts) -> Mapping[str, Any]:
    return document(OPERATIONS, CODES)


OPERATIONS: Final = (
    Operation("GET", "/openapi.json", _openapi, "This description", None),
    *attendance_api.OPERATIONS,
    *people_api.OPERATIONS,
)


def routes(parts: Callable[[], Parts]) -> list[Route]:
    """The routes. Who may call each is said by :data:`route_rules.API`, and by nothing else."""
    return [
        Route(ROOT + one.path, _guarded(one, parts), methods=[one.method]) for one in OPERATIONS
    ]


def _guarded(
    operation: Operation, parts: Callable[[], Parts]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if getattr(request.state, "principal", None) is None:  # nothing works without the gate
            return problem.problem(401, "Send a valid token.")
        try:
            return _told(await operation.handler(request, parts()), operation.status)
        except HTTPException as error:
            return problem.problem(error.status_code, error.detail)
        except FaceRecError as error:
            return _refused(error)
        except Exception:
            log.exception("api_failed path=%r", request.scope["path"][:200])
            return problem.problem(500, "That failed on our side. It is written in the log.")

    return endpoint


def _told(said: BaseModel | Mapping[str, Any], status: int) -> Response:
    plain = said.model_dump(mode="json") if isinstance(said, BaseModel) else said
    return JSONResponse(plain, status, _NO_STORE)


def _refused(error: FaceRecError) -> Response:
    for kind, status, code in _CODES:
        if isinstance(error, kind):
            return problem.problem(status, str(error), code)
    return problem.problem(422, str(error), "refused")
