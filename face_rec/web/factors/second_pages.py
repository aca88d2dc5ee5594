"""What the pages of the second factor share: rendering, the form's token, plain answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.control.access_control import Access
from face_rec.access.factors.factors import Factors
from face_rec.access.factors.passkeys import RelyingParty
from face_rec.domain.errors import AccessError, FactorRefused
from face_rec.web.base import relying
from face_rec.web.base.forms import checked_form
from face_rec.web.base.headers import FORMS_WITH_SCRIPT
from face_rec.web.base.html import FOLDER, render
from face_rec.web.base.reader import words_of
from face_rec.web.signin.login import Site, local_path

T = TypeVar("T")
_NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Offer:
    """Which factors an account can show here; ``elsewhere``: names of the app under which it
    has passkeys that this one cannot ask for."""

    app: bool
    passkey: bool
    elsewhere: str = ""


class SecondPages:
    """Base of the pages."""

    def __init__(self, access: Callable[[], Access], site: Site) -> None:
        self._access = access
        self._site = site

    def page(self, request: Request, name: str, status: int = 200, **values: object) -> Response:
        """The template, with the one script that these pages have."""
        party = self.party(request)
        answer: HTMLResponse = render(
            request, name, self._site.title, status, passkeys=party is not None,
            no_passkeys=relying.UNDER_A_NAME, words=None, **values,
        )  # fmt: skip
        answer.headers["Content-Security-Policy"] = FORMS_WITH_SCRIPT
        return answer

    def party(self, request: Request) -> RelyingParty | None:
        return relying.party(request, self._site.title)

    def sure_party(self, request: Request) -> RelyingParty:
        """Raises FactorRefused where there are no passkeys."""
        found = self.party(request)
        if found is None:
            raise FactorRefused(relying.UNDER_A_NAME)
        return found

    def offer(self, request: Request, factors: Factors) -> Offer:
        party = self.party(request)
        here = party is not None and any(k.host == party.host for k in factors.passkeys)
        hosts = {k.host for k in factors.passkeys}
        return Offer(factors.totp is not None, here, "" if here else ", ".join(sorted(hosts)))

    async def options(self, request: Request, make: Callable[[RelyingParty], str]) -> Response:
        """What the browser's passkey dialog is opened with, as JSON; the form's token is
        checked."""
        await checked_form(request)
        try:
            text = await in_thread(make, self.sure_party(request))
        except AccessError as error:
            said = words_of(request).said(error.said)
            return JSONResponse({"error": said}, 400, _NO_STORE)
        return Response(text, 200, _NO_STORE, "application/json")


async def in_thread(work: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401
    """Redis and hashing on a thread of their own, in the context of the request."""
    return await to_thread.run_sync(work, *arguments)


def to(path: str, next_path: str = "") -> Response:
    """Off to ``path``, which knows where to go afterwards."""
    wanted = local_path(next_path) if next_path else "/"
    query = f"?next={quote(wanted)}" if wanted != "/" else ""
    return RedirectResponse(path + query, 303, _NO_STORE)


def next_of(request: Request) -> str:
    return local_path(request.query_params.get("next", "/"))


# ``/passkeys.js``: the one script of the pages around the sign-in.

_SCRIPT: Final = (FOLDER / "passkeys.js").read_text(encoding="utf-8")


def routes() -> list[Route]:
    async def script(_: Request) -> Response:
        headers = {"Cache-Control": "max-age=300"}
        return Response(_SCRIPT, media_type="text/javascript", headers=headers)

    return [Route("/passkeys.js", script)]
