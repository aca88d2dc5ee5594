"""Setting up a factor: the same pages for who is signed in and for who must do it first."""

import base64
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.accounts.account import Account
from face_rec.access.audit.actor import Actor, acting
from face_rec.access.control.access_control import Access
from face_rec.access.factors import app_codes
from face_rec.domain.errors import AccessError, FactorRefused, ProofNeeded
from face_rec.web.base.forms import checked_form
from face_rec.web.factors.second_pages import SecondPages, in_thread, next_of, to
from face_rec.web.signin.login import Site


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Whose factor it will be. ``browser``: the secret that binds answers to this browser.
    ``first``: only the password was shown, so that it must be the account's first factor."""

    account: Account
    browser: str
    actor: Actor
    first: bool


Who = Callable[[Request], Awaitable[Enrolling | Response]]
"""Who sets up a factor; an answer instead where nobody may."""
Done = Callable[[Request, Enrolling, tuple[str, ...], str], Awaitable[Response]]
"""What comes after it, with the recovery codes to be shown once and the way to go on."""


class EnrolPages(SecondPages):
    """The pages below ``base``."""

    def __init__(
        self, access: Callable[[], Access], site: Site, base: str, who: Who, done: Done
    ) -> None:
        super().__init__(access, site)
        self._base = base
        self._who = who
        self._done = done

    def routes(self) -> list[Route]:
        base = self._base
        return [
            Route(base, self.choose, methods=["GET"]),
            Route(f"{base}/app", self.app, methods=["GET"]),
            Route(f"{base}/app", self.add_app, methods=["POST"]),
            Route(f"{base}/passkey", self.passkey, methods=["GET"]),
            Route(f"{base}/passkey", self.add_passkey, methods=["POST"]),
            Route(f"{base}/passkey/options", self.passkey_options, methods=["POST"]),
        ]

    async def choose(self, request: Request) -> Response:
        who = await self._who(request)
        if isinstance(who, Response):
            return who
        factors = await in_thread(self._access().factors.of, who.account.id)
        return self.page(
            request, "enrol.html", base=self._base, next=next_of(request), first=who.first,
            has_app=factors.totp is not None,
        )  # fmt: skip

    async def app(self, request: Request) -> Response:
        who = await self._who(request)
        if isinstance(who, Response):
            return who
        app, account = self._access().factors.app, who.account.id
        secret = await in_thread(app.begin, who.browser, account)
        return self._code(request, who, secret, next_of(request))

    async def add_app(self, request: Request) -> Response:
        who = await self._who(request)
        if isinstance(who, Response):
            return who
        form, factors = await checked_form(request), self._access().factors
        next_path, account = form.get("next", "/"), who.account.id
        try:
            with acting(who.actor):
                codes = await in_thread(
                    lambda: factors.add_app(
                        who.browser, account, form.get("code", ""), first=who.first
                    )
                )
        except FactorRefused as error:
            return await self._again(request, who, error.said, next_path)
        except ProofNeeded:
            return to("/account/confirm", self._base)
        return await self._done(request, who, codes, next_path)

    async def passkey(self, request: Request) -> Response:
        who = await self._who(request)
        return who if isinstance(who, Response) else self._new_passkey(request, who)

    async def passkey_options(self, request: Request) -> Response:
        who = await self._who(request)
        if isinstance(who, Response):
            return who
        passkeys, account = self._access().factors.passkeys, who.account.id
        return await self.options(
            request, lambda party: passkeys.ask_new(who.browser, account, party)
        )

    async def add_passkey(self, request: Request) -> Response:
        who = await self._who(request)
        if isinstance(who, Response):
            return who
        form, factors = await checked_form(request), self._access().factors
        try:
            party = self.sure_party(request)
            with acting(who.actor):
                codes = await in_thread(
                    lambda: factors.add_passkey(
                        who.browser, who.account.id, party, form.get("credential", ""),
                        form.get("name", ""), first=who.first,
                    )
                )  # fmt: skip
        except ProofNeeded:
            return to("/account/confirm", self._base)
        except AccessError as error:
            return self._new_passkey(request, who, error.said, form.get("next", "/"))
        return await self._done(request, who, codes, form.get("next", "/"))

    # --- what is drawn

    def _new_passkey(
        self, request: Request, who: Enrolling, problem: str = "", next_path: str = ""
    ) -> Response:
        return self.page(
            request, "enrol_passkey.html", 400 if problem else 200, base=self._base,
            next=next_path or next_of(request), problem=problem, who=who.account.id,
            device=_device(request),
        )  # fmt: skip

    async def _again(
        self, request: Request, who: Enrolling, problem: str, next_path: str
    ) -> Response:
        """The same secret once more, with what was wrong; a new one if it is gone."""
        app, account = self._access().factors.app, who.account.id
        try:
            secret = await in_thread(app.begun, who.browser, account)
        except FactorRefused:
            secret = await in_thread(app.begin, who.browser, account)
        return self._code(request, who, secret, next_path, problem)

    def _code(
        self, request: Request, who: Enrolling, secret: str, next_path: str, problem: str = ""
    ) -> Response:
        address = app_codes.address(secret, who.account.id, self._site.title)
        return self.page(
            request, "enrol_app.html", 400 if problem else 200, base=self._base, next=next_path,
            problem=problem, picture=_picture(address), address=address,
            secret=app_codes.spaced(secret),
        )  # fmt: skip


def _picture(text: str) -> str:
    """A QR code as a data address."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _device(request: Request) -> str:
    """A name to begin with, from what the browser says of itself; it can be changed."""
    agent = request.headers.get("user-agent", "")
    known = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
    found = next((name for name in known if name in agent), "")
    return {"Macintosh": "Mac", "CrOS": "Chromebook"}.get(found, found)
