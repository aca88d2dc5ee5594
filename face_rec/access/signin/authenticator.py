"""From what a browser or program shows to who that is, at this moment."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cachetools import FIFOCache

from face_rec.access.accounts.account import Account
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Bound, Device
from face_rec.access.devices.devices import Devices
from face_rec.access.devices.tokens import Tokens
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import NARROWED, Role, rights_of, rights_of_scopes
from face_rec.access.secrets import digest
from face_rec.access.signin.own_sign_in import THEMSELVES, OwnSignIn
from face_rec.access.signin.session import Session
from face_rec.access.signin.sign_in import SignInService
from face_rec.clock import Clock
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import KioskRecord

FRESH: Final = 1.0  # seconds an answer holds: a page load is forty requests
_STALE_USER: Final = timedelta(minutes=10).total_seconds()
_STALE_DEVICE: Final = timedelta(hours=24).total_seconds()
_MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class _Known:
    """``seen``: when the database said so; ``asked``: when it was last asked."""

    principal: Principal | None
    seen: float
    asked: float


class Authenticator:
    """Safe to call from any thread.

    An answer is kept for a second, so that a change works within seconds. While the database
    is away, people stay who they were for ten minutes and kiosks for a day: the door must not
    close because Redis does. Nobody new gets in meanwhile.
    """

    def __init__(
        self,
        sign_in: SignInService,
        devices: Devices,
        tokens: Tokens,
        clock: Clock,
        *,
        own: OwnSignIn,
        kiosk: Callable[[str], KioskRecord | None],
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        """``kiosk``: the record of a registered kiosk. ``away``: whether the database is known
        not to answer, so that nobody waits for it."""
        self._away = away
        self._sign_in = sign_in
        self._own = own
        self._devices = devices
        self._kiosk = kiosk
        self._tokens = tokens
        self._clock = clock
        self._known: FIFOCache[str, _Known] = FIFOCache(_MOST)
        self._round = 0
        self._lock = threading.Lock()

    def user(self, secret: str, used: bool = True, address: str = "") -> Principal | None:
        """Whose session it is, of an account or of somebody registered; ``used`` makes the
        session last longer, and is noted with ``address``. A look without use is remembered
        apart: the use that follows it counts."""

        def look() -> Principal | None:
            found = self._sign_in.session_of(secret, used, address)
            if found is not None:
                return user_principal(*found)
            own = self._own.session_of(secret, used, address)
            return person_principal(*own) if own else None

        return self._answer("s" if used else "l", secret, _STALE_USER, look)

    def account(self, name: str) -> Principal | None:
        """What somebody may do who need not be here: their work may still go on."""

        def look() -> Principal | None:
            account = self._sign_in.account(name)
            return user_principal(account) if account else None

        return self._answer("a", name, _STALE_USER, look)

    def device(self, bound: Bound) -> Principal | None:
        """The kiosk whose device has proved this key, while it is linked and the key is its."""

        def look() -> Principal | None:
            device, kiosk = self._devices.get(bound.device), self._kiosk(bound.device)
            linked = device is not None and device.digest is not None and device.key == bound.key
            return device_principal(device, kiosk) if device and kiosk and linked else None

        return self._answer("d", f"{bound.device}:{bound.key}", _STALE_DEVICE, look)

    def token(self, bearer: str) -> Principal | None:
        """The program of an API token; notes the use."""

        def look() -> Principal | None:
            token = self._tokens.token_of(bearer)
            if token is None:
                return None
            self._tokens.note_use(token)
            return token_principal(token)

        return self._answer("t", bearer, 0.0, look)

    def forget(self) -> None:
        """Look again at the next question; after a change made in this process. An answer that
        was looked up before it and comes after it is not kept."""
        with self._lock:
            self._known.clear()
            self._round += 1

    def _answer(
        self, kind: str, shown: str, stale: float, look: Callable[[], Principal | None]
    ) -> Principal | None:
        key, now = f"{kind}:{digest(shown)}", self._clock.monotonic()
        with self._lock:
            known, turn = self._known.get(key), self._round
        if known is not None and now - known.asked < FRESH:
            return known.principal
        if self._away() and known is not None and known.principal and now - known.seen <= stale:
            return known.principal
        try:
            found = look()
        except StoreUnavailable:
            if known is None or known.principal is None or now - known.seen > stale:
                raise
            found, seen = known.principal, known.seen
        else:
            seen = now
        self._keep(key, _Known(found, seen, self._clock.monotonic()), turn)
        return found

    def _keep(self, key: str, known: _Known, turn: int) -> None:
        with self._lock:
            if turn == self._round:
                self._known[key] = known


_SEES: Final[Mapping[Role, Groups]] = {Role.ADMIN: ALL_GROUPS, Role.REGISTRAR: ALL_GROUPS}
"""Roles that are about everybody; what is not named here sees nobody's records."""


def user_principal(account: Account, session: Session | None = None) -> Principal:
    """What an account may do in a session; managers and HR see the groups that were said."""
    groups = account.groups if account.role in NARROWED else _SEES.get(account.role)
    return Principal(
        PrincipalKind.USER, account.id, account.id, rights_of(account.role),
        groups or NO_GROUPS,
        sign_in=f"{session.epoch}:{session.started_at.isoformat()}" if session else "",
        proved_at=session.proved_at if session else None, language=account.language,
        decimal_hours=account.decimal_hours,
    )  # fmt: skip


def person_principal(person: Person, session: Session) -> Principal:
    """Somebody who is registered: their own attendance, and no group's."""
    return Principal(
        PrincipalKind.PERSON, person.subject, THEMSELVES, rights_of(Role.PERSON),
        sign_in=f"own:{session.started_at.isoformat()}",
    )  # fmt: skip


def device_principal(device: Device, kiosk: KioskRecord) -> Principal:
    """A device is its kiosk and nothing else."""
    return Principal(
        PrincipalKind.DEVICE, device.id, f"kiosk {kiosk.display_name}", rights_of(Role.KIOSK),
        kiosk=device.id, drawn_by=kiosk.drawn_by,
        sign_in=device.linked_at.isoformat() if device.linked_at else "",
    )  # fmt: skip


def token_principal(token: Token) -> Principal:
    """A program, limited to its scopes."""
    return Principal(
        PrincipalKind.TOKEN,
        token.id,
        f"token {token.title}",
        rights_of_scopes(token.scopes),
        ALL_GROUPS,
    )
