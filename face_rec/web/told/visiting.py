"""``/visit/TOKEN``: a visitor reads on their phone what is kept of them, and agrees, without a
sign-in. Opening it changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.audit.actor import Actor, acting
from face_rec.domain.errors import VisitRefused
from face_rec.visitors.consent import Agreement, VisitorTexts
from face_rec.visitors.phone import VISIT, VisitorLinks
from face_rec.visitors.visit import Visit
from face_rec.visitors.visitor_service import VisitorService
from face_rec.web.base.forms import text_token
from face_rec.web.base.html import render
from face_rec.web.base.reader import words_of
from face_rec.web.gate.asking import actor_of


@dataclass(frozen=True, slots=True)
class Visiting:
    """What the page needs of the running system."""

    links: VisitorLinks
    service: VisitorService
    texts: VisitorTexts
    title: Callable[[], str]


def routes(parts: Callable[[], Visiting]) -> list[Route]:
    """``parts`` is asked at every request."""

    async def show(request: Request) -> Response:
        return await to_thread.run_sync(_answered, parts(), request, "")

    async def agree(request: Request) -> Response:
        said = parse_qs((await request.body()).decode("ascii", "replace"))
        return await to_thread.run_sync(_answered, parts(), request, (said.get("text") or [""])[0])

    path = f"/{VISIT}/{{token}}"
    return [Route(path, show, methods=["GET"]), Route(path, agree, methods=["POST"])]


def _answered(parts: Visiting, request: Request, text: str) -> Response:
    """``text``: of what was agreed to, "" of nothing. May ask the database."""
    words = words_of(request)

    def page(status: int, lines: list[str], offer: str = "") -> Response:
        return render(
            request, "visiting.html", parts.title(), status, words=words, lines=lines, offer=offer
        )

    visit = parts.links.find(str(request.path_params["token"]))
    if visit is None:
        over = words.gettext("This link is over, or was not copied whole.")
        return page(410, [over])
    shown = parts.texts.shown(words)
    if visit.agreed_at is None and text == text_token(shown.text):
        visit = _agreed(parts, request, visit, shown)
    if visit.agreed_at is not None:
        thanks = words.gettext("Thank you: you have agreed.")
        return page(200, [thanks, *visit.text.splitlines()])
    return page(200, shown.text.splitlines(), text_token(shown.text))


def _agreed(parts: Visiting, request: Request, visit: Visit, shown: Agreement) -> Visit:
    with acting(Actor("a visitor (link)", "link", actor_of(request).address)):
        try:
            parts.service.agree(visit.id, shown)
        except VisitRefused:  # erased at this moment
            return visit
    return parts.service.records.visits.get(visit.id) or visit
