"""Cookies of ours: HttpOnly, SameSite, and under HTTPS Secure and of this host only."""

from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from face_rec.access.control.cookie_names import HOST_ONLY


def read(request: HTTPConnection, name: str) -> str:
    """The cookie's value; empty without one. Under HTTPS only the Secure one counts."""
    return request.cookies.get(_name(request, name), "")


def write(
    response: Response,
    request: HTTPConnection,
    name: str,
    value: str,
    *,
    seconds: int | None = None,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    """Set the cookie; ``seconds`` None: until the browser is closed."""
    response.set_cookie(
        _name(request, name), value, max_age=seconds, path="/", httponly=True,
        secure=is_https(request), samesite=same_site,
    )  # fmt: skip


def clear(response: Response, request: HTTPConnection, name: str) -> None:
    """Remove the cookie."""
    write(response, request, name, "", seconds=0)


def is_https(request: HTTPConnection) -> bool:
    return request.scope.get("scheme") in {"https", "wss"}


def _name(request: HTTPConnection, name: str) -> str:
    return HOST_ONLY + name if is_https(request) else name
