"""What everybody may do about their own sign-in: ``/account/confirm``, prove afresh that it is
them; ``/account/factors``, add, name and remove second factors; ``/account/sessions``, look at
their sign-ins and end them.
"""

from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.accounts.account import Account
from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.factors.step_up import CONFIRM
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.access.signin.session import Opened
from face_rec.domain.errors import AccessError, FactorRefused, ProofNeeded
from face_rec.languages.language import msgid
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.factors.enrolling import Enrolling, EnrolPages
from face_rec.web.factors.second_pages import SecondPages, in_thread, next_of, to
from face_rec.web.gate.asking import actor_of
from face_rec.web.signin.login import Site, account_of, hand_over, later, local_path

FACTORS = "/account/factors"
SESSIONS = "/account/sessions"
_BESIDE: Final = "/account/confirmed"
_FACTOR_NOTES = {
    "added": msgid("It is set up, and asked for at your next sign-in."),
    "saved": msgid("Saved."),
    "removed": msgid("Removed. It opens nothing any more."),
}
_SESSION_NOTES = {
    "ended": msgid("Ended. Pages that were open there close within seconds."),
    "gone": msgid("That sign-in had ended already."),
    "seen": msgid("Good. Change your password, and end the sign-in, if you are not sure."),
}


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    own = _Factors(access, site)
    return [
        Route(FACTORS, own.show, methods=["GET"]),
        Route(FACTORS, own.change, methods=["POST"]),
        *EnrolPages(access, site, f"{FACTORS}/add", own.enrolling, own.enrolled).routes(),
        *_session_routes(access, site),
        *_confirm_routes(access, site),
    ]


class _Factors(SecondPages):
    async def show(self, request: Request) -> Response:
        account = await in_thread(account_of, self._access(), request)
        note = _FACTOR_NOTES.get(request.query_params.get("note", ""), "")
        return await self._list(request, account, note=note)

    async def change(self, request: Request) -> Response:
        form, factors = await checked_form(request), self._access().factors
        account = await in_thread(account_of, self._access(), request)
        key, note = form.get("passkey", ""), "removed"
        try:
            match form.get("do"):
                case "codes":
                    codes = await in_thread(factors.new_codes, account.id)
                    return self._codes(request, codes, renewed=True)
                case "rename":
                    name = form.get("name", "")
                    await in_thread(factors.rename_passkey, account.id, key, name)
                    note = "saved"
                case "remove-passkey":
                    await in_thread(factors.remove_passkey, account, key)
                case "remove-app":
                    await in_thread(factors.remove_app, account)
        except ProofNeeded:
            return to(CONFIRM, FACTORS)
        except FactorRefused as error:
            return await self._list(request, account, problem=error.said)
        return RedirectResponse(f"{FACTORS}?note={note}", 303)

    # --- adding one

    async def enrolling(self, request: Request) -> Enrolling | Response:
        access, actor = self._access(), actor_of(request)
        if not access.step_up.fresh(actor):
            return to(CONFIRM, f"{FACTORS}/add")
        account = await in_thread(account_of, access, request)
        return Enrolling(account, cookies.read(request, SESSION), actor, first=False)

    async def enrolled(
        self, request: Request, _: Enrolling, codes: tuple[str, ...], __: str
    ) -> Response:
        if codes:
            return self._codes(request, codes)
        return RedirectResponse(f"{FACTORS}?note=added", 303)

    # --- what is drawn

    def _codes(
        self, request: Request, codes: tuple[str, ...], *, renewed: bool = False
    ) -> Response:
        return self.page(request, "recovery.html", codes=codes, next=FACTORS, renewed=renewed)

    async def _list(
        self, request: Request, account: Account, note: str = "", problem: str = ""
    ) -> Response:
        access = self._access()
        factors = await in_thread(access.factors.of, account.id)
        party = self.party(request)
        return self.page(
            request, "factors.html", 400 if problem else 200, note=note, problem=problem,
            factors=factors, zone=access.zone(), here=party.host if party else "",
            required=access.factors.required(account.role), base=f"{FACTORS}/add",
        )  # fmt: skip


def _session_routes(access: Callable[[], Access], site: Site) -> list[Route]:
    async def show(request: Request) -> Response:
        note = _SESSION_NOTES.get(request.query_params.get("note", ""), "")
        return await to_thread.run_sync(_sessions_page, request, access(), site, note)

    async def change(request: Request) -> Response:
        form = await checked_form(request)
        try:
            note = await to_thread.run_sync(_change_sessions, request, access().own_sessions, form)
        except ProofNeeded:
            return to(CONFIRM, SESSIONS)
        access().authenticator.forget()
        return RedirectResponse(f"{SESSIONS}?note={note}", 303)

    return [Route(SESSIONS, show, methods=["GET"]), Route(SESSIONS, change, methods=["POST"])]


def _change_sessions(request: Request, own: OwnSessions, form: dict[str, str]) -> str:
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


def _sessions_page(request: Request, access: Access, site: Site, note: str) -> Response:
    own, name = access.own_sessions, request.state.principal.id
    secret = cookies.read(request, SESSION)
    return render(
        request, "sessions.html", site.title, 200, note=note, zone=access.zone(),
        sessions=own.all(name, secret), new=own.unseen(secret), previous=own.previous(secret),
    )  # fmt: skip


def _confirm_routes(access: Callable[[], Access], site: Site) -> list[Route]:
    pages = _Confirm(access, site)
    return [
        Route(CONFIRM, pages.show, methods=["GET"]),
        Route(CONFIRM, pages.typed, methods=["POST"]),
        Route(_BESIDE, pages.confirmed, methods=["GET"]),
        Route(f"{CONFIRM}/passkey", pages.passkey, methods=["POST"]),
        Route(f"{CONFIRM}/passkey/options", pages.passkey_options, methods=["POST"]),
    ]


class _Confirm(SecondPages):
    """The session goes on under a new cookie; the old one is worth nothing from then on."""

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
            page = await self._page(request, account, form.get("next", "/"), error.said)
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
            return await self._page(request, account, form.get("next", "/"), error.said)
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
