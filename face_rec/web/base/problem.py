"""Errors as every part of the API gives them: RFC 9457 with a code of ours."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse, PlainTextResponse, Response

API_ROOT: Final = "/api"
_CODE_OF: Final[Mapping[int, str]] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    421: "wrong_host",
    429: "too_many",
    500: "internal",
    503: "unavailable",
}
_AGAIN: Final[Mapping[int, Mapping[str, str]]] = {
    status: {"Retry-After": "5"} for status in (429, 503)
}
"""Whoever is told that it is too much, or not now, is told when to ask again."""
WAITS: Final = {"X-Waits-For": "database"}
"""A header that tells a page's script why it is kept waiting."""
CODES: Final = tuple(_CODE_OF.values())
"""Every code that an answer has by its status alone; none is ever renamed."""


def is_api(path: str) -> bool:
    """Whether ``path`` is asked for by programs, which read JSON."""
    return path == API_ROOT or path.startswith(f"{API_ROOT}/")


def problem(
    status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """``application/problem+json``: what RFC 9457 names, and ``error`` with ``code`` and
    ``message``. ``code`` empty: the one of the status. ``Retry-After`` in seconds, where asking
    again helps."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "error": {"code": code or _CODE_OF.get(status, "refused"), "message": message},
    }
    told = {"Cache-Control": "no-store", **_AGAIN.get(status, {}), **(headers or {})}
    return JSONResponse(said, status, told, media_type="application/problem+json")


def told(path: str, status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """``text`` in the form that who asks for ``path`` reads."""
    if is_api(path):
        return problem(status, text, headers=headers)
    return PlainTextResponse(text, status, headers)
