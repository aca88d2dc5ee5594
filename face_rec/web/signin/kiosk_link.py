"""``/kiosk/link/SECRET``: turns the device that opens it into a kiosk, once.

Opening the link only shows a button: a chat program that looks at links before a person does
uses nothing up.
"""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import KIOSK, SESSION, Access
from face_rec.access.devices.kiosks import TOKEN_LASTS
from face_rec.access.principal import PrincipalKind
from face_rec.domain.errors import LinkInvalid
from face_rec.web.gate import cookies
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.forms import checked_form
from face_rec.web.signin.html import render
from face_rec.web.signin.login import Site


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""

    def invalid(request: Request, error: LinkInvalid) -> Response:
        return render(request, "message.html", site.title, 410, heading="Kiosk", text=str(error))

    async def show(request: Request) -> Response:
        address = actor_of(request).address
        try:
            device = await to_thread.run_sync(access().kiosks.linked, _secret(request), address)
        except LinkInvalid as error:
            return invalid(request, error)
        return render(request, "kiosk.html", site.title, device=device)

    async def enrol(request: Request) -> Response:
        await checked_form(request)
        address = actor_of(request).address
        try:
            token = await to_thread.run_sync(access().kiosks.enrol, _secret(request), address)
        except LinkInvalid as error:
            return invalid(request, error)
        await _leave(access(), request)
        answer = RedirectResponse("/kiosk/start", 303)
        lasts = round(TOKEN_LASTS.total_seconds())
        cookies.write(answer, request, KIOSK, token, seconds=lasts)
        cookies.clear(answer, request, SESSION)
        return answer

    return [
        Route("/kiosk/link/{secret}", show, methods=["GET"]),
        Route("/kiosk/link/{secret}", enrol, methods=["POST"]),
    ]


async def _leave(access: Access, request: Request) -> None:
    """The admin who opened the link on the tablet does not stay signed in there."""
    secret, principal = cookies.read(request, SESSION), request.state.principal
    if principal is not None and principal.kind is PrincipalKind.USER:
        await to_thread.run_sync(access.door.sign_out, secret, actor_of(request))
    access.identify.forget()


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])
