"""``/calendar/TOKEN.ics``: a calendar for whoever subscribed to it. The address is the key: it is
in no log and no answer, and what is wrong with it is not said."""

from collections.abc import Callable
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from face_rec.calendars.calendar_service import CalendarService, Served
from face_rec.domain.errors import LinkInvalid, TryLater
from face_rec.web.gate.asking import actor_of

_TYPE: Final = "text/calendar; charset=utf-8"


def routes(service: Callable[[], CalendarService]) -> list[Route]:
    """``service`` is asked at every request."""

    async def show(request: Request) -> Response:
        return await to_thread.run_sync(_answered, service(), request)

    return [Route("/calendar/{token:path}", show, methods=["GET"])]


def _answered(service: CalendarService, request: Request) -> Response:
    """May ask the database."""
    try:
        token = str(request.path_params["token"]).removesuffix(".ics")
        found = service.read(token, actor_of(request).address)
    except LinkInvalid as error:
        return PlainTextResponse(str(error), 404)
    except TryLater as error:
        wait = {"Retry-After": str(max(1, round(error.seconds)))}
        return PlainTextResponse(str(error), 429, headers=wait)
    headers = {
        "ETag": f'"{found.tag}"',
        "Last-Modified": format_datetime(found.at, usegmt=True),
        "Content-Disposition": 'inline; filename="roster.ics"',
    }
    if _known(request, found):
        return Response(status_code=304, headers=headers)
    return Response(found.body(), media_type=_TYPE, headers=headers)


def _known(request: Request, found: Served) -> bool:
    """Whether whoever asks has this edition; where both are asked for, the tag says it."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or found.tag in {_bare(one) for one in tags.split(",")}
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return found.at.replace(microsecond=0) <= since
    except (ValueError, TypeError, OverflowError):  # a day or an hour that no clock has
        return False


def _bare(tag: str) -> str:
    return tag.strip().removeprefix("W/").strip('"')
