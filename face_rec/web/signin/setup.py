"""``/setup/SECRET``: makes the first account, once."""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.access_control import Access
from face_rec.access.accounts.passwords import SHORTEST
from face_rec.domain.errors import AccessError, LinkInvalid
from face_rec.web.gate.gate import actor_of
from face_rec.web.gate.visitors import visitor_of
from face_rec.web.signin.forms import checked_form
from face_rec.web.signin.html import render
from face_rec.web.signin.login import Site, later, signed_in

_DIFFER = "The two passwords differ. Type the same one twice."


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    setup = _Setup(access, site)
    return [
        Route("/setup/{secret}", setup.show, methods=["GET"]),
        Route("/setup/{secret}", setup.make, methods=["POST"]),
    ]


class _Setup:
    def __init__(self, access: Callable[[], Access], site: Site) -> None:
        self._access = access
        self._site = site

    async def show(self, request: Request) -> Response:
        door, address = self._access().door, actor_of(request).address
        try:
            await to_thread.run_sync(door.check_setup, _secret(request), address)
        except LinkInvalid as error:
            return self._invalid(request, error)
        return self._page(request)

    async def make(self, request: Request) -> Response:
        form = await checked_form(request)
        name, password = form.get("name", ""), form.get("password", "")
        if password != form.get("again"):
            return self._page(request, _DIFFER, name, 400)
        door, visitor = self._access().door, visitor_of(request, name)
        try:
            opened = await to_thread.run_sync(
                door.set_up, _secret(request), name, password, visitor
            )
        except LinkInvalid as error:
            return self._invalid(request, error)
        except AccessError as error:
            return later(self._page(request, str(error), name, 400), error)
        return signed_in(request, opened)

    def _page(
        self, request: Request, problem: str = "", name: str = "", status: int = 200
    ) -> Response:
        return render(
            request, "setup.html", self._site.title, status, problem=problem, name=name[:64],
            shortest=SHORTEST,
        )  # fmt: skip

    def _invalid(self, request: Request, error: LinkInvalid) -> Response:
        title = self._site.title
        return render(request, "message.html", title, 410, heading="Set-up", text=str(error))


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])
