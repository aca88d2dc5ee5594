"""``/acknowledge/TOKEN``: whoever was told of something says that they take care of it, without a
sign-in, for exactly that, as long as they are told.

Opening it only shows a button: mail programs look at links before a person does. A program that
posts there needs no form of ours: who has the link may, and nobody else can know it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from face_rec.access.audit.actor import Actor, acting
from face_rec.languages.language import msgid
from face_rec.notices.channel import Channel
from face_rec.notices.running import texts
from face_rec.notices.running.composing import Told
from face_rec.notices.running.links import ACKNOWLEDGE, Links, Said
from face_rec.notices.running.notice_service import NoticeService
from face_rec.notices.waiting import Waiting
from face_rec.web.base.html import render
from face_rec.web.gate.asking import actor_of

_OVER: Final = msgid("This link is over, or was not copied whole.")


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """What the pages need of the running system."""

    links: Links
    notices: NoticeService
    told: Told


def routes(parts: Callable[[], Acknowledging]) -> list[Route]:
    """``parts`` is asked at every request."""

    async def show(request: Request) -> Response:
        return await _answered(parts(), request, _seen)

    async def take(request: Request) -> Response:
        return await _answered(parts(), request, _taken)

    path = f"/{ACKNOWLEDGE}/{{token}}"
    return [Route(path, show, methods=["GET"]), Route(path, take, methods=["POST"])]


_Look = Callable[[Acknowledging, Said, str], Waiting | None]


async def _answered(parts: Acknowledging, request: Request, look: _Look) -> Response:
    said = parts.links.read(ACKNOWLEDGE, str(request.path_params["token"]))
    address = actor_of(request).address
    waiting = await to_thread.run_sync(look, parts, said, address) if said else None
    if "application/json" in request.headers.get("accept", ""):
        return _for_program(waiting)
    return await to_thread.run_sync(_page, parts, request, waiting)


def _seen(parts: Acknowledging, said: Said, _: str) -> Waiting | None:
    return parts.notices.escalation.get(said.what) if _channel(parts, said) else None


def _taken(parts: Acknowledging, said: Said, address: str) -> Waiting | None:
    """Named by the channel that it was told by: nobody else is known here."""
    channel = _channel(parts, said)
    if channel is None:
        return None
    by = f"{channel.title} (link)"
    with acting(Actor(by, "link", address)):
        return parts.notices.escalation.acknowledge(said.what, by)


def _channel(parts: Acknowledging, said: Said) -> Channel | None:
    """By which it was told. None where somebody has removed it or switched it off since: whoever
    reads there is told nothing more, and does not keep others from being told. One that was
    switched off because it could not be reached has told this in time."""
    found = parts.notices.channels.get(said.who)
    return found if found is not None and (found.active or found.why_off) else None


def _for_program(waiting: Waiting | None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if waiting is None:
        return JSONResponse({"error": _OVER}, 410, headers)
    at = waiting.at.isoformat().replace("+00:00", "Z") if waiting.at else None
    return JSONResponse(
        {"acknowledged": not waiting.open, "by": waiting.by, "at": at}, 200, headers
    )


def _page(parts: Acknowledging, request: Request, waiting: Waiting | None) -> Response:
    """May ask the database."""
    voice = parts.told.voice("")
    words, title = voice.words, voice.site
    if waiting is None:
        over = words.gettext(_OVER)
        return render(
            request, "acknowledge.html", title, 410, words=words, lines=[over], ask=False
        )
    notice = waiting.notice
    _, text = texts.letter([notice], parts.told.of([notice]), voice)
    lines = text.splitlines()
    if waiting.at is not None:
        at = texts.clock_time(waiting.at, voice)
        said = words.gettext("{who} takes care of it, since {time}.", who=waiting.by, time=at)
        lines.append(said)
    return render(request, "acknowledge.html", title, words=words, lines=lines, ask=waiting.open)
