"""What everybody may change about their own sign-in: ``/account/factors``, their second factors,
to add, name and remove, and ``/account/sessions``, their sign-ins, to look at and to end."""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import SESSION, Access
from face_rec.access.accounts.account import Account
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.domain.errors import FactorRefused, ProofNeeded
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.factors.enrolling import Enrolling, EnrolPages
from face_rec.web.factors.second_pages import SecondPages, in_thread, to
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.login import Site, account_of

FACTORS = "/account/factors"
SESSIONS = "/account/sessions"
_FACTOR_NOTES = {
    "added": "It is set up, and asked for at your next sign-in.",
    "saved": "Saved.",
    "removed": "Removed. It opens nothing any more.",
}
_SESSION_NOTES = {
    "ended": "Ended. Pages that were open there close within seconds.",
    "gone": "That sign-in had ended already.",
    "seen": "Good. Change your password, and end the sign-in, if you are not sure.",
}


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    own = _Factors(access, site)
    return [
        Route(FACTORS, own.show, methods=["GET"]),
        Route(FACTORS, own.change, methods=["POST"]),
        *EnrolPages(access, site, f"{FACTORS}/add", own.enrolling, own.enrolled).routes(),
        *_session_routes(access, site),
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
            return to("/account/confirm", FACTORS)
        except FactorRefused as error:
            return await self._list(request, account, problem=str(error))
        return RedirectResponse(f"{FACTORS}?note={note}", 303)

    # --- adding one

    async def enrolling(self, request: Request) -> Enrolling | Response:
        access, actor = self._access(), actor_of(request)
        if not access.step_up.fresh(actor):
            return to("/account/confirm", f"{FACTORS}/add")
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
            return to("/account/confirm", SESSIONS)
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
