"""The kiosk as an app of its tablet: manifest, icons, and the worker with the page that it shows
while the server is away.

A browser fetches manifests and icons without anybody's cookie, and the worker when a sign-in may
have lapsed; so all of it is open. None of it tells more than the sign-in page does (the site's
title, and its colour): which kiosks there are is not asked, an invented one has a manifest, too.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from face_rec.kiosks.kiosk import NAME, RULE
from face_rec.kiosks.kiosk_register import MAIN
from face_rec.languages.translator import ENGLISH, Translator

_ICONS: Final[Mapping[str, bytes]] = {
    path.stem: path.read_bytes() for path in (Path(__file__).parent / "icons").glob("*.png")
}
_SIZES: Final[Mapping[str, tuple[int, str]]] = {
    "192": (192, "any"),
    "512": (512, "any"),
    "maskable-192": (192, "maskable"),
    "maskable-512": (512, "maskable"),
}
"""Pixels and purpose of an icon (W3C Manifest, section 1.8.3) by its name."""
_NO_STORE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""The page needs its own files, a logo (``data:``) and the camera, which no policy is about."""
AWAY: Final = ("/kiosk/away", "/kiosk/away.css", "/kiosk/away.js")
"""What the worker keeps to show it, the page first."""


@dataclass(frozen=True, slots=True)
class AwayFiles:
    """Texts of the page that is shown while the server is away, and of the worker that does."""

    page: str
    style: str
    script: str
    worker: str

    @property
    def version(self) -> str:
        """Another one whenever anything of it is another."""
        whole = "\0".join((self.page, self.style, self.script, self.worker))
        return sha256(whole.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Branding:
    """Of the app as the tablet shows it, asked at each manifest; must not wait. ``words``: in the
    site's language; a kiosk's own would tell who asks without a sign-in that there is one."""

    title: Callable[[], str]
    accent: Callable[[], str]
    words: Callable[[], Translator] = lambda: ENGLISH


def routes(files: AwayFiles, branding: Branding, kiosk_page: str) -> list[Route]:
    """``kiosk_page``: the page's place in the address, which is all that the worker answers."""
    script = f'const MAIN_KIOSK = "{MAIN}";\n{files.script}'
    page_headers = {**_NO_STORE, "Content-Security-Policy": _POLICY}
    page, style, code = AWAY
    return [
        _manifest(branding, f"/{kiosk_page}"),
        _worker(files, f"/{kiosk_page}"),
        _text(page, files.page, "text/html", page_headers),
        _text(style, files.style, "text/css", _NO_STORE),
        _text(code, script, "text/javascript", _NO_STORE),
        Route("/kiosk/icons/{name}.png", _icon, methods=["GET"]),
    ]


def _text(path: str, text: str, kind: str, headers: Mapping[str, str]) -> Route:
    async def answer(_: Request) -> Response:
        return Response(text, media_type=kind, headers=headers)

    return Route(path, answer, methods=["GET"])


def _worker(files: AwayFiles, page: str) -> Route:
    """Its text changes with each part of it: by that a browser knows a new version (Service
    Workers, "Update" algorithm). It may answer for the kiosk's page and no other."""
    told = {"VERSION": files.version, "PAGE": page, "AWAY": AWAY}
    begun = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    headers = {**_NO_STORE, "Service-Worker-Allowed": page}
    return _text("/kiosk/worker.js", begun + files.worker, "text/javascript", headers)


def _manifest(branding: Branding, page: str) -> Route:
    async def answer(request: Request) -> Response:
        kiosk = request.query_params.get("kiosk", MAIN)
        if not NAME.fullmatch(kiosk):
            return PlainTextResponse(f"This names no kiosk: use {RULE}.", 400, _NO_STORE)
        text = json.dumps(manifest(branding, f"{page}?kiosk={kiosk}", kiosk), ensure_ascii=False)
        return Response(text, media_type="application/manifest+json", headers=_NO_STORE)

    return Route("/kiosk/app.webmanifest", answer, methods=["GET"])


def manifest(branding: Branding, address: str, kiosk: str) -> dict[str, Any]:
    """Of the kiosk that lies at ``address``. The whole site is the app's, so that its sign-in and
    the proof of the device open in it."""
    title, words = branding.title(), branding.words()
    return {
        "id": address,
        "name": title if kiosk == MAIN else f"{title} · {kiosk}",
        "short_name": title,
        "description": words.gettext("Look at the camera to be marked."),
        "start_url": address,
        "scope": "/",
        "display": "fullscreen",
        "display_override": ["fullscreen", "standalone"],
        "orientation": "any",
        "theme_color": branding.accent(),
        "background_color": "#ffffff",
        "lang": words.language.code,
        "dir": words.language.direction,
        "icons": [
            {"src": f"/kiosk/icons/{name}.png", "sizes": f"{side}x{side}", "type": "image/png",
             "purpose": purpose}
            for name, (side, purpose) in _SIZES.items()
        ],
    }  # fmt: skip


async def _icon(request: Request) -> Response:
    found = _ICONS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such icon.", 404, _NO_STORE)
    return Response(found, media_type="image/png", headers=_A_DAY)
