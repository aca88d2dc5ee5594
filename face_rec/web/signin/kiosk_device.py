"""A kiosk's browser: ``/kiosk/link/SECRET`` turns the device that opens it into a kiosk, once;
``/kiosk/start``, ``/kiosk/challenge`` and ``/kiosk/prove`` show with the device's own key that it
is the one that was linked.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import KIOSK, PROOF, SESSION
from face_rec.access.devices.device import Bound, Device, usable
from face_rec.access.devices.devices import TOKEN_LASTS
from face_rec.access.principal import PrincipalKind
from face_rec.access.secrets import parted
from face_rec.domain.errors import Conflict, LinkInvalid, StoreUnavailable
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.headers import FORMS
from face_rec.web.base.html import FOLDER, render
from face_rec.web.base.kiosk_key import KIOSK_KEY
from face_rec.web.base.problem import WAITS
from face_rec.web.gate.asking import actor_of
from face_rec.web.signin.login import Site, local_path

# ``/kiosk/start``, ``/kiosk/challenge``, ``/kiosk/prove``: a linked device proves that it is
# the one that was linked, before its page opens and every minute while it is open.

_START: Final = (FOLDER / "kiosk_start.js").read_text(encoding="utf-8")
_NO_STORE: Final = {"Cache-Control": "no-store"}
_FORGETS: Final = {"Clear-Site-Data": '"storage"'}
"""What a device kept for the server while that was away goes with its being a kiosk. Only for who
shows a token that opens nothing any more: another site's link comes without one."""
_POLICY: Final = f"{FORMS}; script-src 'self'; connect-src 'self'"
_Answering = Callable[[Request], Awaitable[Response]]
Words = Callable[[str], Translator]
"""What the kiosk of this name says; of an empty name what the site does. Must not wait."""
_LONGEST: Final = 300  # characters of a key or signature


def routes(
    access: Callable[[], Access],
    site: Site,
    kiosk_page: str,
    words: Words = lambda _: ENGLISH,
) -> list[Route]:
    """``access`` is asked at every request; ``kiosk_page``: the page's place in the address."""
    proof = _Proof(access, site, kiosk_page, words)
    return [
        *_linking(access, site, words),
        Route("/kiosk/start", proof.start, methods=["GET"]),
        Route("/kiosk/start.js", proof.script, methods=["GET"]),
        Route("/kiosk/challenge", _patient(proof.challenge), methods=["POST"]),
        Route("/kiosk/prove", _patient(proof.prove), methods=["POST"]),
    ]


def _patient(answer: _Answering) -> _Answering:
    """While the database is away the device is told so, and its page tries again."""

    async def answering(request: Request) -> Response:
        try:
            return await answer(request)
        except StoreUnavailable:
            text = "The database does not answer. Try again in a few seconds."
            return PlainTextResponse(text, 503, {**WAITS, **_NO_STORE})

    return answering


class _Proof:
    def __init__(
        self, access: Callable[[], Access], site: Site, kiosk_page: str, words: Words
    ) -> None:
        self._words = words
        self._access = access
        self._site = site
        self._page = kiosk_page

    async def start(self, request: Request) -> Response:
        """Proves in the browser, then goes where it wanted to.

        After a start of the app without its database nobody here knows the device yet, nor any
        face (templates lie in the database only): the page says so, and proves once it can."""
        try:
            device = await self._device(request)
        except StoreUnavailable:
            name, _ = parted(cookies.read(request, KIOSK)) or ("", "")
            return self._started(request, name, waits=True)
        if device is None:
            forgets = _FORGETS if cookies.read(request, KIOSK) else {}
            gone = RedirectResponse("/login?note=kiosk", 303, _NO_STORE | forgets)
            cookies.clear(gone, request, KIOSK)  # or it would lead every page here again
            return gone
        return self._started(request, device.id)

    def _started(self, request: Request, name: str, *, waits: bool = False) -> Response:
        to = local_path(request.query_params.get("next", ""))
        to = to if to != "/" else f"/{self._page}?kiosk={quote(name)}"
        title, status = self._site.title, 503 if waits else 200
        answer = render(
            request,
            "kiosk_start.html",
            title,
            status,
            words=self._words(name),
            next=to,
            waits=waits,
        )
        answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    async def script(self, _: Request) -> Response:
        return Response(f"{KIOSK_KEY}\n{_START}", media_type="text/javascript", headers=_NO_STORE)

    async def challenge(self, request: Request) -> Response:
        """Something to sign, for who shows a device's token."""
        device = await self._device(request)
        if device is None:
            return _refused()
        told = {
            "device": device.id,
            "challenge": self._access().proofs.challenge(device.id),
            "bound": device.key is not None,
        }
        return JSONResponse(told, headers=_NO_STORE)

    async def prove(self, request: Request) -> Response:
        """A signed challenge in, a short session out; now and then a new token, too."""
        said = await _said(request)
        device = await self._device(request)
        if said is None or device is None:
            return _refused()
        key = device.key or said.get("key", "")
        proofs, good = self._access().proofs, usable(key)
        if not good or not proofs.proves(device.id, key, said["challenge"], said["signature"]):
            return _refused()
        token = None
        try:
            token = await to_thread.run_sync(self._settle, request, device, key)
        except StoreUnavailable:
            pass  # the database is away: what was bound stays bound, and rotates later
        except Conflict:
            return _refused(409)
        return self._session(request, device, key, token)

    def _settle(self, request: Request, device: Device, key: str) -> str | None:
        """Bind a new device, rotate an old token; neither while the database is away."""
        if device.digest is None:
            return None
        devices = self._access().devices
        if device.key is None:
            device = devices.bind(device, key)
        return devices.rotated(device, cookies.read(request, KIOSK))

    def _session(self, request: Request, device: Device, key: str, token: str | None) -> Response:
        held, shown = cookies.read(request, PROOF), token or cookies.read(request, KIOSK)
        secret = self._access().proofs.open(Bound(device.id, key), held, shown)
        answer = Response(status_code=204, headers=_NO_STORE)
        cookies.write(answer, request, PROOF, secret, same_site="strict")
        if token is not None:
            seconds = round(TOKEN_LASTS.total_seconds())
            cookies.write(answer, request, KIOSK, token, seconds=seconds)
        return answer

    async def _device(self, request: Request) -> Device | None:
        """The device whose token the browser shows. While the database is away: the one it was
        a moment ago, with the key that it proved then."""
        cookie = cookies.read(request, KIOSK)
        if not cookie:
            return None
        access = self._access()
        try:
            return await to_thread.run_sync(access.devices.device_of, cookie)
        except StoreUnavailable:
            known = access.proofs.known(cookie)
            if known is None:
                raise
            found = await to_thread.run_sync(access.authenticator.device, known)
            return Device(known.device, key=known.key) if found else None


async def _said(request: Request) -> dict[str, str] | None:
    """The body's texts; None for what is no answer to a challenge."""
    try:
        given: Any = json.loads(await request.body())
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    texts = {str(n): v for n, v in given.items() if isinstance(v, str) and len(v) <= _LONGEST}
    return texts if {"challenge", "signature"} <= set(texts) else None


def _refused(status: int = 403) -> Response:
    text = "This is not the device that was linked. Ask an administrator for a new link."
    return JSONResponse({"error": text}, status, _NO_STORE)


# ``/kiosk/link/SECRET``: turns the device that opens it into a kiosk, once.
#
# Opening the link only shows a button: a chat program that looks at links before a person does
# uses nothing up.


def _linking(access: Callable[[], Access], site: Site, words: Words) -> list[Route]:
    """``access`` is asked at every request."""

    def invalid(request: Request, error: LinkInvalid) -> Response:
        said = words("")
        return render(
            request, "message.html", site.title, 410, words=said, heading=said.gettext("Kiosk"),
            text=said.said(error.said),
        )  # fmt: skip

    async def show(request: Request) -> Response:
        address = actor_of(request).address
        try:
            kiosk = await to_thread.run_sync(access().devices.linked, _secret(request), address)
        except LinkInvalid as error:
            return invalid(request, error)
        said = words(kiosk.id)
        return render(request, "kiosk.html", site.title, words=said, kiosk=kiosk)

    async def enrol(request: Request) -> Response:
        await checked_form(request)
        address = actor_of(request).address
        try:
            token = await to_thread.run_sync(access().devices.enrol, _secret(request), address)
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
        await to_thread.run_sync(access.sign_in.sign_out, secret, actor_of(request))
    access.authenticator.forget()


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])
