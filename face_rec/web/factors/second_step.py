"""The second step of a sign-in, and the sign-in by passkey alone: below ``/login``.

A half session's cookie is looked at here and nowhere else.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.access.accounts.account import Account
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import HALF
from face_rec.access.signin.session import Opened
from face_rec.domain.errors import AccessError
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form, form_token
from face_rec.web.factors.enrolling import Enrolling, EnrolPages
from face_rec.web.factors.second_pages import SecondPages, in_thread, next_of, to
from face_rec.web.gate.asking import actor_of
from face_rec.web.gate.browsers import visitor_of
from face_rec.web.signin.login import Site, hand_over, local_path, signed_in

STEP = "/login/factor"
ENROL = "/login/enrol"
ALONE = "/login/passkey"


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    step = _Step(access, site)
    return [
        Route(STEP, step.show, methods=["GET"]),
        Route(STEP, step.code, methods=["POST"]),
        Route(f"{STEP}/passkey", step.passkey, methods=["POST"]),
        Route(f"{STEP}/passkey/options", step.passkey_options, methods=["POST"]),
        Route(ALONE, step.alone, methods=["POST"]),
        Route(f"{ALONE}/options", step.alone_options, methods=["POST"]),
        *EnrolPages(access, site, ENROL, step.enrolling, step.enrolled).routes(),
    ]


class _Step(SecondPages):
    async def show(self, request: Request) -> Response:
        account = await self._account(request)
        if account is None:
            return to("/login", next_of(request))
        if not self._access().factors.of(account.id).enrolled:
            return to(ENROL, next_of(request))
        return await self._page(request, account, next_of(request))

    async def code(self, request: Request) -> Response:
        """A code of the app, or a recovery code."""
        form, account = await checked_form(request), await self._account(request)
        next_path, typed = form.get("next", "/"), form.get("code", "")
        if account is None:
            return to("/login", next_path)
        factors, half = self._access().factors, cookies.read(request, HALF)
        show = factors.show_recovery if form.get("do") == "recovery" else factors.show_code
        try:
            await in_thread(show, half, account.id, typed)
            return await self._finish(request, next_path)
        except AccessError as error:
            return await self._page(request, account, next_path, error.said)

    async def passkey(self, request: Request) -> Response:
        form, account = await checked_form(request), await self._account(request)
        next_path, credential = form.get("next", "/"), form.get("credential", "")
        if account is None:
            return to("/login", next_path)
        factors, half = self._access().factors, cookies.read(request, HALF)
        try:
            party = self.sure_party(request)
            await in_thread(factors.show_passkey, half, account.id, party, credential)
            return await self._finish(request, next_path)
        except AccessError as error:
            return await self._page(request, account, next_path, error.said)

    async def passkey_options(self, request: Request) -> Response:
        account, half = await self._account(request), cookies.read(request, HALF)
        if account is None:
            return to("/login")
        passkeys = self._access().factors.passkeys
        return await self.options(request, lambda party: passkeys.ask(half, account.id, party))

    # --- with a passkey and nothing else

    async def alone_options(self, request: Request) -> Response:
        """Bound to the browser by its form token, since it carries nothing else yet."""
        factors, address = self._access().factors, actor_of(request).address
        browser = form_token(request)
        return await self.options(
            request, lambda party: factors.ask_stranger(browser, address, party)
        )

    async def alone(self, request: Request) -> Response:
        form, browser = await checked_form(request), form_token(request)
        access = self._access()
        try:
            party = self.sure_party(request)
            name = await in_thread(
                access.factors.show_passkey, browser, "", party, form.get("credential", "")
            )
            opened = await in_thread(
                access.sign_in.sign_in_passkey, name, visitor_of(request, name)
            )
        except AccessError as error:
            return self.page(
                request, "passkey_refused.html", 401, problem=error.said,
                next=local_path(form.get("next", "/")),
            )  # fmt: skip
        return signed_in(request, opened, local_path(form.get("next", "/")))

    # --- setting up the first factor

    async def enrolling(self, request: Request) -> Enrolling | Response:
        """Only for an account that has none: a password alone must not add a second one."""
        account, access = await self._account(request), self._access()
        if account is None:
            return to("/login", next_of(request))
        if (await in_thread(access.factors.of, account.id)).enrolled:
            return to(STEP, next_of(request))
        # The password was given minutes ago, in this half session: that is the proof.
        actor = Actor(account.id, "user", actor_of(request).address, access.clock.now())
        return Enrolling(account, cookies.read(request, HALF), actor, first=True)

    async def enrolled(
        self, request: Request, _: Enrolling, codes: tuple[str, ...], next_path: str
    ) -> Response:
        opened = await self._open(request)
        answer = self.page(
            request, "recovery.html", codes=codes, next=local_path(next_path), renewed=False
        )
        hand_over(answer, request, opened)
        return answer

    # --- parts

    async def _account(self, request: Request) -> Account | None:
        half = cookies.read(request, HALF)
        return await in_thread(self._access().sign_in.half_account, half) if half else None

    async def _finish(self, request: Request, next_path: str) -> Response:
        return signed_in(request, await self._open(request), local_path(next_path))

    async def _open(self, request: Request) -> Opened:
        half, sign_in = cookies.read(request, HALF), self._access().sign_in
        account = await in_thread(sign_in.half_account, half)
        visitor = visitor_of(request, account.id if account else "")
        return await in_thread(sign_in.finish, half, visitor)

    async def _page(
        self, request: Request, account: Account, next_path: str, problem: str = ""
    ) -> Response:
        factors = await in_thread(self._access().factors.of, account.id)
        return self.page(
            request, "factor.html", 401 if problem else 200, who=account.id, problem=problem,
            next=local_path(next_path), offer=self.offer(request, factors),
            recovery=bool(factors.recovery), action=STEP,
        )  # fmt: skip
