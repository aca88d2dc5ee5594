"""The one table of who may ask for which path. A path that no rule names is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right
from face_rec.web import uploads

KIB: Final = 1024
MIB: Final = 1024 * KIB


class Way(StrEnum):
    """How somebody proves who they are on a path."""

    OPEN = "open"  # nobody need
    COOKIE = "cookie"  # a session or a device
    USER = "user"  # a session
    BEARER = "bearer"  # an API token
    EITHER = "either"  # a session or an API token
    SIGNED = "signed"  # nobody need: what is sent is signed by whom it is from
    NEVER = "never"  # Streamlit's own, of no use here


@dataclass(frozen=True, slots=True)
class Rule:
    """``right``: needed besides, None: none. ``most`` and ``within``: the largest body in
    bytes, and the seconds it may take to come."""

    way: Way
    right: Right | None = None
    most: int = 16 * KIB
    within: float = 15.0

    def allows(self, principal: Principal | None) -> bool:
        """Whether ``principal`` may ask; the cookie or token was looked at already."""
        if self.way in {Way.OPEN, Way.SIGNED}:
            return True
        if principal is None or self.way is Way.NEVER:
            return False
        if self.way is Way.USER and principal.kind is not PrincipalKind.USER:
            return False
        return self.right is None or principal.may(self.right)


_UPLOAD: Final = Rule(
    Way.USER, Right.PEOPLE_WRITE, most=uploads.LARGEST_BODY, within=uploads.WITHIN
)
_SHELL: Final = Rule(Way.COOKIE)
_NEVER: Final = Rule(Way.NEVER)

EXACT: Final[Mapping[str, Rule]] = {
    "/healthz": Rule(Way.OPEN),
    "/readyz": Rule(Way.OPEN),
    "/.well-known/security.txt": Rule(Way.OPEN),
    "/login": Rule(Way.OPEN),
    "/login/oidc": Rule(Way.OPEN),
    "/login/passkey": Rule(Way.OPEN),
    "/login/passkey/options": Rule(Way.OPEN),
    "/login/factor": Rule(Way.OPEN),
    "/login/factor/passkey": Rule(Way.OPEN),
    "/login/factor/passkey/options": Rule(Way.OPEN),
    "/login/enrol": Rule(Way.OPEN),
    "/login/enrol/app": Rule(Way.OPEN),
    "/login/enrol/passkey": Rule(Way.OPEN),
    "/login/enrol/passkey/options": Rule(Way.OPEN),
    "/login/oidc/callback": Rule(Way.OPEN),
    "/login/oidc/out": Rule(Way.OPEN),
    "/login/oidc/backchannel": Rule(Way.SIGNED),
    "/access.css": Rule(Way.OPEN),
    "/passkeys.js": Rule(Way.OPEN),
    "/session": Rule(Way.OPEN),
    "/logout": Rule(Way.USER),
    "/logout/provider": Rule(Way.USER),
    "/account": Rule(Way.USER),
    "/metrics": Rule(Way.EITHER, Right.METRICS),
    "/frames": Rule(Way.COOKIE, Right.KIOSK, most=8 * MIB),
    "/api": Rule(Way.BEARER),
    "/": _SHELL,
    "/index.html": _SHELL,
    "/favicon.png": _SHELL,
    "/manifest.json": _SHELL,
    "/_stcore/stream": _SHELL,
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
    ("GET", "/people"): Right.PEOPLE_READ,
    ("POST", "/people"): Right.PEOPLE_WRITE,
    ("GET", "/people/{id}"): Right.PEOPLE_READ,
    ("PATCH", "/people/{id}"): Right.PEOPLE_WRITE,
    ("DELETE", "/people/{id}"): Right.PEOPLE_WRITE,
    ("POST", "/people/{id}/photos"): Right.PEOPLE_WRITE,
}
"""The right that each operation of the API needs, besides a valid token; below ``/api/v1``."""

KIOSK_PAGE: Final = "take_attendance"
PAGES: Final[Mapping[str, Right]] = {
    "overview": Right.OVERVIEW,
    KIOSK_PAGE: Right.KIOSK,
    "records": Right.RECORDS,
    "reports": Right.RECORDS,
    "people": Right.PEOPLE_READ,
    "register": Right.PEOPLE_WRITE,
    "settings": Right.HR,
    "models": Right.MODELS,
    "privacy": Right.SYSTEM,
    "system": Right.SYSTEM,
    "accounts": Right.ACCOUNTS,
    "kiosks": Right.KIOSKS,
    "tokens": Right.TOKENS,
    "audit": Right.AUDIT,
}
"""The right that opens each page, by its place in the address."""

BELOW: Final[Mapping[str, Rule]] = {
    "/account/": Rule(Way.USER),
    "/setup/": Rule(Way.OPEN),
    "/kiosk/link/": Rule(Way.OPEN),
    "/api/v1/": Rule(Way.BEARER, most=60 * MIB, within=120.0),
    "/api/": Rule(Way.BEARER),
    "/snapshots/": Rule(Way.USER, Right.RECORDS),
    "/static/": _SHELL,
    "/media/": _SHELL,
    "/component/": _SHELL,
    "/_stcore/bidi-components/": _SHELL,
    "/_stcore/upload_file/": _UPLOAD,
    "/_stcore/agent/": _NEVER,
}


def rule_for(path: str, pages: Mapping[str, Right] = PAGES) -> Rule | None:
    """The rule for ``path``; None: no rule names it. Streamlit asks for its
    own paths below that of a page, too."""
    if path in EXACT:
        return EXACT[path]
    for beginning, rule in BELOW.items():
        if path.startswith(beginning):
            return rule
    first, _, rest = path.removeprefix("/").partition("/")
    if first not in pages:
        return None
    return rule_for(f"/{rest}", {}) if rest else Rule(Way.COOKIE, pages[first])


def narrowed(principal: Principal | None, path: str, kiosk: str) -> bool:
    """Whether a path is outside what its principal is narrowed to, its rights apart.

    ``kiosk``: the kiosk that the request names. A device is its own kiosk only; a snapshot
    does not tell whose it is, so a manager of some groups gets none by its address.
    """
    if principal is None:
        return False
    if path.startswith("/snapshots/"):
        return not principal.groups.every
    return path == "/frames" and principal.kiosk not in (None, kiosk)
