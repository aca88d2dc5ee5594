"""Requests by which a page of ours hands over pictures: what each must be, how it is answered."""

import logging
from collections.abc import Awaitable
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from face_rec.domain.errors import RequestRefused
from face_rec.web.gate.origin import same_origin

log = logging.getLogger(__name__)

_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_BODIES: Final = {"image/jpeg": "one JPEG picture", "application/octet-stream": "one sealed still"}
T = TypeVar("T")


async def answered(answering: Awaitable[dict[str, object]]) -> Response:
    """What came of a request as JSON, or why it was refused."""
    try:
        return JSONResponse(await answering, headers=_HEADERS)
    except RequestRefused as refusal:
        log.debug("picture_refused status=%d reason=%s", refusal.status, refusal)
        wait = {"Retry-After": "1"} if refusal.status in {429, 503} else {}
        return JSONResponse({"error": str(refusal)}, refusal.status, _HEADERS | wait)


def check_sender(request: Request, kind: str = "image/jpeg") -> None:
    """It is from a page of ours, and its body of this kind. Raises RequestRefused."""
    check_origin(request)
    stated = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if stated != kind:
        raise RequestRefused(415, f"Send {_BODIES[kind]}, with Content-Type: {kind}.")


def check_origin(request: Request) -> None:
    """Raises RequestRefused for a page that is not ours."""
    if not same_origin(request.headers):
        raise RequestRefused(403, "Pictures are only taken from this app's own pages.")


def built(system: T | None) -> T:
    """What a route needs of the running system. Raises RequestRefused while that starts."""
    if system is None:
        raise RequestRefused(503, "The app is still starting. Try again in a moment.")
    return system
