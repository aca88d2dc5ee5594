"""``/account/factors``: one's own second factors, to add, name and remove."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import SESSION, Access
from face_rec.access.accounts.account import Account
from face_rec.domain.errors import FactorRefused, ProofNeeded
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.factors.enrolling import Enrolling, EnrolPages
from face_rec.web.factors.second_pages import SecondPages, in_thread, to
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.login import Site, account_of

OWN = "/account/factors"
_NOTES = {
    "added": "It is set up, and asked for at your next sign-in.",
    "saved": "Saved.",
    "removed": "Removed. It opens nothing any more.",
}


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request."""
    own = _Own(access, site)
    return [
        Route(OWN, own.show, methods=["GET"]),
        Route(OWN, own.change, methods=["POST"]),
        *EnrolPages(access, site, f"{OWN}/add", own.enrolling, own.enrolled).routes(),
    ]


class _Own(SecondPages):
    async def show(self, request: Request) -> Response:
        account = await in_thread(account_of, self._access(), request)
        note = _NOTES.get(request.query_params.get("note", ""), "")
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
            return to("/account/confirm", OWN)
        except FactorRefused as error:
            return await self._list(request, account, problem=str(error))
        return RedirectResponse(f"{OWN}?note={note}", 303)

    # --- adding one

    async def enrolling(self, request: Request) -> Enrolling | Response:
        access, actor = self._access(), actor_of(request)
        if not access.step_up.fresh(actor):
            return to("/account/confirm", f"{OWN}/add")
        account = await in_thread(account_of, access, request)
        return Enrolling(account, cookies.read(request, SESSION), actor, first=False)

    async def enrolled(
        self, request: Request, _: Enrolling, codes: tuple[str, ...], __: str
    ) -> Response:
        return self._codes(request, codes) if codes else RedirectResponse(f"{OWN}?note=added", 303)

    # --- what is drawn

    def _codes(
        self, request: Request, codes: tuple[str, ...], *, renewed: bool = False
    ) -> Response:
        return self.page(request, "recovery.html", codes=codes, next=OWN, renewed=renewed)

    async def _list(
        self, request: Request, account: Account, note: str = "", problem: str = ""
    ) -> Response:
        access = self._access()
        factors = await in_thread(access.factors.of, account.id)
        party = self.party(request)
        return self.page(
            request, "factors.html", 400 if problem else 200, note=note, problem=problem,
            factors=factors, zone=access.zone(), here=party.host if party else "",
            required=access.factors.required(account.role), base=f"{OWN}/add",
        )  # fmt: skip
