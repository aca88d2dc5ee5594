"""``/account/sessions``: one's own sign-ins, to look at and to end."""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import SESSION, Access
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.domain.errors import ProofNeeded
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.factors.second_pages import to
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.login import Site

OWN = "/account/sessions"
_NOTES = {
    "ended": "Ended. Pages that were open there close within seconds.",
    "gone": "That sign-in had ended already.",
    "seen": "Good. Change your password, and end the sign-in, if you are not sure.",
}


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""

    async def show(request: Request) -> Response:
        note = _NOTES.get(request.query_params.get("note", ""), "")
        return await to_thread.run_sync(_page, request, access(), site, note)

    async def change(request: Request) -> Response:
        form = await checked_form(request)
        try:
            note = await to_thread.run_sync(_change, request, access().own_sessions, form)
        except ProofNeeded:
            return to("/account/confirm", OWN)
        access().authenticator.forget()
        return RedirectResponse(f"{OWN}?note={note}", 303)

    return [Route(OWN, show, methods=["GET"]), Route(OWN, change, methods=["POST"])]


def _change(request: Request, own: OwnSessions, form: dict[str, str]) -> str:
    """What is said afterwards. Raises ProofNeeded."""
    name, actor = request.state.principal.id, actor_of(request)
    secret = cookies.read(request, SESSION)
    if form.get("do") == "seen":
        own.seen(secret)
        return "seen"
    if form.get("do") == "others":
        own.end_others(name, secret, actor)
        return "ended"
    return "ended" if own.end(name, form.get("session", ""), actor) else "gone"


def _page(request: Request, access: Access, site: Site, note: str) -> Response:
    own, name = access.own_sessions, request.state.principal.id
    secret = cookies.read(request, SESSION)
    return render(
        request, "sessions.html", site.title, 200, note=note, zone=access.zone(),
        sessions=own.all(name, secret), new=own.unseen(secret), previous=own.previous(secret),
    )  # fmt: skip
