"""``/account/confirm``: whoever is signed in proves afresh that it is them.

The session goes on under a new cookie; the old one is worth nothing from then on.
"""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import SESSION, Access
from face_rec.access.accounts.account import Account
from face_rec.access.factors.step_up import CONFIRM
from face_rec.access.signin.session import Opened
from face_rec.domain.errors import AccessError
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.factors.second_pages import SecondPages, in_thread, next_of
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.login import Site, account_of, hand_over, later, local_path

_BESIDE: Final = "/account/confirmed"


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    pages = _Confirm(access, site)
    return [
        Route(CONFIRM, pages.show, methods=["GET"]),
        Route(CONFIRM, pages.typed, methods=["POST"]),
        Route(_BESIDE, pages.confirmed, methods=["GET"]),
        Route(f"{CONFIRM}/passkey", pages.passkey, methods=["POST"]),
        Route(f"{CONFIRM}/passkey/options", pages.passkey_options, methods=["POST"]),
    ]


class _Confirm(SecondPages):
    async def show(self, request: Request) -> Response:
        account = await in_thread(account_of, self._access(), request)
        return await self._page(request, account, next_of(request))

    async def typed(self, request: Request) -> Response:
        """A password, a code of the app, or a recovery code."""
        form, access = await checked_form(request), self._access()
        account = await in_thread(account_of, access, request)
        ways = {
            "code": access.confirm.by_code,
            "recovery": access.confirm.by_recovery,
            "password": access.confirm.by_password,
        }
        way = ways.get(form.get("do", ""), access.confirm.by_password)
        secret, actor = cookies.read(request, SESSION), actor_of(request)
        try:
            opened = await in_thread(
                lambda: way(secret, account, form.get("code", ""), actor, keep=_beside(form))
            )
        except AccessError as error:
            page = await self._page(request, account, form.get("next", "/"), str(error))
            return later(page, error)
        return self._back(request, opened, form.get("next", "/"))

    async def passkey(self, request: Request) -> Response:
        form, access = await checked_form(request), self._access()
        account = await in_thread(account_of, access, request)
        secret, actor = cookies.read(request, SESSION), actor_of(request)
        try:
            party = self.sure_party(request)
            opened = await in_thread(
                lambda: access.confirm.by_passkey(
                    secret, account, party, form.get("credential", ""), actor, keep=_beside(form)
                )
            )
        except AccessError as error:
            return await self._page(request, account, form.get("next", "/"), str(error))
        return self._back(request, opened, form.get("next", "/"))

    async def passkey_options(self, request: Request) -> Response:
        account = await in_thread(account_of, self._access(), request)
        secret, passkeys = cookies.read(request, SESSION), self._access().factors.passkeys
        return await self.options(request, lambda party: passkeys.ask(secret, account.id, party))

    async def confirmed(self, request: Request) -> Response:
        """For a tab of its own, beside the form that waits."""
        return self.page(request, "confirmed.html")

    def _back(self, request: Request, opened: Opened, next_path: str) -> Response:
        self._access().authenticator.forget()
        answer = RedirectResponse(local_path(next_path), 303)
        hand_over(answer, request, opened)
        return answer

    async def _page(
        self, request: Request, account: Account, next_path: str, problem: str = ""
    ) -> Response:
        access = self._access()
        factors = await in_thread(access.factors.of, account.id)
        return self.page(
            request, "confirm.html", 401 if problem else 200, who=account.id, problem=problem,
            next=local_path(next_path), offer=self.offer(request, factors), action=CONFIRM,
            recovery=bool(factors.recovery), enrolled=factors.enrolled,
            password=not factors.enrolled and not account.external and access.sign_in.local,
            provider=bool(account.external) and self._site.single_sign_on,
        )  # fmt: skip


def _beside(form: dict[str, str]) -> bool:
    """Whether this is a tab beside a page with an open form."""
    return form.get("next") == _BESIDE
