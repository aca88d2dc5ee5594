"""The one table of who may ask for which path. A path that no rule names is refused.

It says all of it: how somebody proves who they are, the right, whether the thing must be their
own, who sees details, and the bounds of a body. :mod:`face_rec.web.gate.verdict` reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from starlette.requests import Request

from face_rec.access.pages import Page
from face_rec.access.rights import READS_GUIDE, Right
from face_rec.web.base import uploads

KIB: Final = 1024
MIB: Final = 1024 * KIB
_COUNTED: Final = 8 * MIB
"""Bodies that may be larger than this are uploads; single pictures are bounded where they come."""


SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, and bring nothing (RFC 9110 section 9.2.1)."""


class Way(StrEnum):
    """How somebody proves who they are on a path."""

    OPEN = "open"  # nobody need
    COOKIE = "cookie"  # a session or a device
    USER = "user"  # a session
    BEARER = "bearer"  # an API token
    EITHER = "either"  # a session or an API token
    SIGNED = "signed"  # nobody need: what is sent, or the address itself, is signed
    NEVER = "never"  # Streamlit's own, of no use here


class Own(StrEnum):
    """What somebody is narrowed to, their right apart."""

    KIOSK = "kiosk"  # the kiosk that ?kiosk= names, within its hours
    CAPTURE = "capture"  # the guided capture that ?capture= names: of who opened it
    KIOSK_ANYTIME = "kiosk at any hour"  # the same, for what it took within its hours
    EVERYBODY = "everybody"  # it does not tell whose it is: for who sees all groups
    TAB = "tab"  # the tab that the path names
    FILE = "file"  # a file whose address was sent to them


@dataclass(frozen=True, slots=True)
class Rule:
    """``rights``: one of them is needed besides; empty: none. ``own``: what it must be besides.
    ``details``: who has this sees more of the answer. ``keep``: whether a browser may keep the
    answer, because it is code and tells nothing of anybody. ``most`` and ``within``: the largest
    body in bytes, and the seconds it may take to come."""

    way: Way
    rights: frozenset[Right] = frozenset()
    own: Own | None = None
    details: Right | None = None
    keep: bool = False
    most: int = 16 * KIB
    within: float = 15.0


def _for(*rights: Right) -> frozenset[Right]:
    return frozenset(rights)


_OPEN: Final = Rule(Way.OPEN)
_UPLOAD: Final = Rule(
    Way.USER, _for(Right.PEOPLE_WRITE, Right.RULES, Right.HR, Right.MODELS), Own.TAB,
    most=uploads.LARGEST_BODY, within=uploads.WITHIN,
)  # fmt: skip
_SHELL: Final = Rule(Way.COOKIE)
_MINE: Final = Rule(Way.COOKIE, _for(Right.OWN))
_PUNCH: Final = Rule(Way.COOKIE, _for(Right.OWN), most=2 * MIB)
_CODE: Final = Rule(Way.COOKIE, keep=True)
_NEVER: Final = Rule(Way.NEVER)

GUIDE: Final = "/guide/"
"""The documentation, which is the same everywhere and tells nothing of anybody."""
_GUIDE: Final = Rule(Way.COOKIE, READS_GUIDE, keep=True)
STREAM: Final = "/_stcore/stream"
"""Streamlit's WebSocket, one for each open page."""
EXACT: Final[Mapping[str, Rule]] = {
    "/healthz": _OPEN,
    "/readyz": Rule(Way.OPEN, details=Right.SYSTEM),
    "/.well-known/security.txt": _OPEN,
    "/login": _OPEN,
    "/login/oidc": _OPEN,
    "/login/passkey": _OPEN,
    "/login/passkey/options": _OPEN,
    "/login/factor": _OPEN,
    "/login/factor/passkey": _OPEN,
    "/login/factor/passkey/options": _OPEN,
    "/login/enrol": _OPEN,
    "/login/enrol/app": _OPEN,
    "/login/enrol/passkey": _OPEN,
    "/login/enrol/passkey/options": _OPEN,
    "/login/oidc/callback": _OPEN,
    "/login/oidc/out": _OPEN,
    "/login/oidc/backchannel": Rule(Way.SIGNED),
    "/access.css": Rule(Way.OPEN, keep=True),
    "/passkeys.js": Rule(Way.OPEN, keep=True),
    "/enrol.js": Rule(Way.OPEN, keep=True),
    "/enrol.css": Rule(Way.OPEN, keep=True),
    "/my": _OPEN,
    "/my/out": _OPEN,
    "/my/punch": _MINE,
    "/my/punch/where": _MINE,
    "/punch.js": Rule(Way.OPEN, keep=True),
    "/punch.css": Rule(Way.OPEN, keep=True),
    "/session": _OPEN,
    "/kiosk/start": _OPEN,
    "/kiosk/start.js": _OPEN,
    "/kiosk/challenge": _OPEN,
    "/kiosk/prove": _OPEN,
    "/kiosk/forget.js": _OPEN,
    "/kiosk/app.webmanifest": _OPEN,
    "/kiosk/worker.js": _OPEN,
    "/kiosk/away": _OPEN,
    "/kiosk/away.css": _OPEN,
    "/kiosk/away.js": _OPEN,
    "/signed-in": Rule(Way.USER),
    "/logout": Rule(Way.USER),
    "/logout/provider": Rule(Way.USER),
    "/account": Rule(Way.USER),
    "/metrics": Rule(Way.EITHER, _for(Right.METRICS)),
    "/frames": Rule(Way.COOKIE, _for(Right.KIOSK), Own.KIOSK, most=8 * MIB),
    "/frames/start": Rule(Way.COOKIE, _for(Right.KIOSK), Own.KIOSK),
    "/frames/still": Rule(Way.COOKIE, _for(Right.KIOSK), Own.KIOSK, most=8 * MIB),
    "/offline": Rule(Way.COOKIE, _for(Right.KIOSK), Own.KIOSK_ANYTIME, most=2 * MIB),
    "/live": Rule(Way.COOKIE, _for(Right.KIOSK), Own.KIOSK),
    "/capture": Rule(Way.COOKIE, _for(Right.PEOPLE_WRITE), Own.CAPTURE, most=8 * MIB),
    "/capture/start": Rule(Way.COOKIE, _for(Right.PEOPLE_WRITE), Own.CAPTURE),
    "/capture/live": Rule(Way.COOKIE, _for(Right.PEOPLE_WRITE), Own.CAPTURE),
    "/seen": Rule(Way.USER, _for(Right.CAMERAS_SEE), Own.EVERYBODY),
    "/api": Rule(Way.BEARER),
    GUIDE.rstrip("/"): _GUIDE,
    "/": _SHELL,
    "/index.html": _SHELL,
    "/favicon.png": _CODE,
    "/manifest.json": _CODE,
    STREAM: _SHELL,
    "/_stcore/health": _SHELL,
    "/_stcore/host-config": _SHELL,
    "/_stcore/metrics": _NEVER,
    "/auth/login": _NEVER,
    "/auth/logout": _NEVER,
    "/oauth2callback": _NEVER,
}
API: Final[Mapping[tuple[str, str], Right | None]] = {
    ("GET", "/openapi.json"): None,
    ("GET", "/attendance"): Right.RECORDS,
    ("GET", "/events"): Right.RECORDS,
    ("GET", "/events/schema"): None,
    ("GET", "/people"): Right.PEOPLE_READ,
    ("POST", "/people"): Right.PEOPLE_WRITE,
    ("GET", "/people/{id}"): Right.PEOPLE_READ,
    ("PATCH", "/people/{id}"): Right.PEOPLE_WRITE,
    ("DELETE", "/people/{id}"): Right.PEOPLE_WRITE,
    ("POST", "/people/{id}/photos"): Right.PEOPLE_WRITE,
}
"""The right that each operation of the API needs, besides a valid token; below ``/api/v1``."""

KIOSK_PAGE: Final = Page.TAKE_ATTENDANCE.path
OWN_PAGE: Final = Page.MY_ATTENDANCE.path
PAGES: Final[Mapping[str, Right]] = {page.path: page.right for page in Page}
"""The right that opens each page, by its place in the address."""

BELOW: Final[Mapping[str, Rule]] = {
    "/account/": Rule(Way.USER),
    "/setup/": _OPEN,
    "/kiosk/link/": _OPEN,
    "/my/link/": _OPEN,
    "/my/punch/": _PUNCH,
    "/my/leave/": Rule(Way.COOKIE, _for(Right.OWN), most=6 * MIB, within=120.0),
    "/enrol/": Rule(Way.OPEN, most=2 * MIB),
    "/acknowledge/": Rule(Way.SIGNED),
    "/guardian/": Rule(Way.SIGNED),
    "/visit/": Rule(Way.SIGNED),
    "/decide/": Rule(Way.SIGNED),
    "/calendar/": Rule(Way.SIGNED),
    "/kiosk/icons/": Rule(Way.OPEN, keep=True),
    "/api/v1/": Rule(Way.BEARER),
    "/api/": Rule(Way.BEARER),
    GUIDE: _GUIDE,
    "/snapshots/": Rule(Way.USER, _for(Right.RECORDS), Own.EVERYBODY),
    "/static/": _CODE,
    "/media/": Rule(Way.COOKIE, own=Own.FILE),
    "/component/": _CODE,
    "/_stcore/bidi-components/": _CODE,
    "/_stcore/upload_file/": _UPLOAD,
    "/_stcore/agent/": _NEVER,
}


def is_page(path: str) -> bool:
    """Whether it is what a window of a browser is opened with."""
    return path in ("/", "/index.html") or path.removeprefix("/") in PAGES


def upload_size(request: Request) -> int:
    """Bytes that a request brings which may be so large that they are counted; 0 for others. One
    that does not say how many is taken for the largest."""
    rule = rule_for(request.scope["path"], request.method)
    if rule is None or rule.most <= _COUNTED or request.method in {"GET", "HEAD", "DELETE"}:
        return 0
    stated = request.headers.get("content-length", "")
    return int(stated) if stated.isdecimal() else rule.most


def rule_for(path: str, method: str = "GET") -> Rule | None:
    """The rule for a request; None: no rule names it."""
    inner = below(path)
    if inner != path:
        return _named(inner)
    page = PAGES.get(path.removeprefix("/"))
    return _named(path, method) if page is None else Rule(Way.COOKIE, _for(page))


def below(path: str) -> str:
    """Streamlit asks for its own paths below that of a page, too: the own path, else
    ``path`` itself."""
    first, _, rest = path.removeprefix("/").partition("/")
    return f"/{rest}" if rest and first in PAGES else path


def _named(path: str, method: str = "GET") -> Rule | None:
    if path in EXACT:
        return EXACT[path]
    for (verb, shape), rule in _OPERATIONS.items():
        if verb == _SAME.get(method, method) and shape.fullmatch(path):
            return rule
    return next((rule for start, rule in BELOW.items() if path.startswith(start)), None)


_SAME: Final = {"HEAD": "GET"}
_LARGE: Final = frozenset({("POST", "/people"), ("POST", "/people/{id}/photos")})


def _operation(verb: str, path: str, right: Right | None) -> Rule:
    rights = _for(right) if right else _for()
    if (verb, path) in _LARGE:
        return Rule(Way.BEARER, rights, most=60 * MIB, within=120.0)
    return Rule(Way.BEARER, rights)


_OPERATIONS: Final[Mapping[tuple[str, re.Pattern[str]], Rule]] = {
    (verb, re.compile("/api/v1" + path.replace("{id}", "[^/]+"))): _operation(verb, path, right)
    for (verb, path), right in API.items()
}
