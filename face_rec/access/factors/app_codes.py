"""The authenticator app of an account: its secret, sealed at rest, and codes used once each."""

import hmac
import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

import pyotp

from face_rec.access.factors.ceremony import Ceremonies, Ceremony, Purpose
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors
from face_rec.clock import Clock
from face_rec.domain.errors import FactorRefused, StoreError, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.protocols.sealing import Sealer, open_text, seal_text

# Codes of an authenticator app: time-based one-time passwords (RFC 6238), by pyotp.
#
# Six digits, 30 seconds, SHA-1: what every authenticator app understands. A code of one step
# before or after the present one counts too (RFC 6238, section 5.2), and each step once only.

STEP: Final = 30  # seconds
DIGITS: Final = 6
_DRIFT: Final = (1, 0, -1)  # steps; the newest that fits, so that no older one can follow it


def new_secret() -> str:
    """160 random bits as base32, the length that RFC 4226 recommends."""
    return pyotp.random_base32(32)


def address(secret: str, account: str, site: str) -> str:
    """What the QR code holds; opens the authenticator app when pressed on the phone itself."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(
        name=account, issuer_name=site
    )


def spaced(secret: str) -> str:
    """The secret in groups of four, for typing it in."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code ``typed`` is, near ``now``; None: of none."""
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit() and len(code) == DIGITS):
        return None
    totp, present = pyotp.TOTP(secret, digits=DIGITS, interval=STEP), step_at(now)
    fits = [
        present + drift
        for drift in _DRIFT
        if hmac.compare_digest(totp.generate_otp(present + drift), code)
    ]
    return fits[0] if fits else None


def step_at(now: datetime) -> int:
    """The number of the time step that ``now`` lies in."""
    return int(now.timestamp()) // STEP


log = logging.getLogger(__name__)

_MINUTES: Final = 600.0  # seconds to install an app and read its first code
_WRONG: Final = msgid(
    "This code is not right, or was used before. Wait for the next one in your app; if "
    "none fits, check that the phone sets its clock by itself."
)
_UNREADABLE: Final = msgid(
    "What this app knows of your authenticator app cannot be read. Use another way, or "
    "ask an administrator to reset your second factor."
)
_OVER: Final = msgid("This took too long, or was finished in another tab. Begin again.")


class AppCodes:
    """Safe to call from any thread and from many processes."""

    def __init__(
        self, store: FactorStore, ceremonies: Ceremonies, sealer: Sealer, clock: Clock
    ) -> None:
        self._store = store
        self._ceremonies = ceremonies
        self._sealer = sealer
        self._clock = clock

    def begin(self, browser: str, account: str) -> str:
        """A new secret (base32) that becomes the account's once a code of it is shown. Asked
        again before that, it is the same one: two tabs and a reload show one picture."""
        waiting = self._ceremonies.asked(browser, Purpose.NEW_APP, account)
        sealed = waiting.secret if waiting else self._seal(new_secret(), account)
        self._ceremonies.ask(browser, Ceremony(Purpose.NEW_APP, account, sealed), _MINUTES)
        return self._open(sealed, account)

    def begun(self, browser: str, account: str) -> str:
        """The secret that :meth:`begin` made, for another look. Raises FactorRefused."""
        found = self._ceremonies.asked(browser, Purpose.NEW_APP, account)
        if found is None:
            raise FactorRefused(_OVER)
        return self._open(found.secret, account)

    def finish(self, browser: str, account: str, typed: str, *, first: bool) -> None:
        """Take the new app, if ``typed`` is its code; it replaces an older one. With ``first``
        only for an account without any factor. Raises FactorRefused; after a wrong code it can
        be tried again."""
        now = self._clock.now()
        step = step_of(self.begun(browser, account), typed, now)
        if step is None:
            raise FactorRefused(_WRONG)
        found = self._ceremonies.answered(browser, Purpose.NEW_APP, account)
        if found is None:
            raise FactorRefused(_OVER)
        sealed = found.secret

        def with_app(factors: Factors) -> Factors:
            factors.check_first(first)
            return replace(factors, totp=sealed, totp_step=step, totp_at=now)

        self._store.change(account, with_app)

    def spend(self, account: str, typed: str) -> None:
        """Use up a code. Raises FactorRefused unless it is right and newer than the last."""

        def used(factors: Factors) -> Factors:
            secret = self._open(factors.totp, account) if factors.totp else None
            step = step_of(secret, typed, self._clock.now()) if secret else None
            if step is None or step <= factors.totp_step:
                raise FactorRefused(_WRONG)
            return replace(factors, totp_step=step)

        self._store.change(account, used)

    def _seal(self, secret: str, account: str) -> str:
        return seal_text(self._sealer, secret, context(account))

    def _open(self, stored: str, account: str) -> str:
        try:
            return open_text(self._sealer, stored, context(account))
        except StoreUnavailable:
            raise
        except StoreError as error:
            log.error("app_secret_unreadable account=%s error=%s", account, error)
            raise FactorRefused(_UNREADABLE) from error


def context(account: str) -> str:
    """What a sealed secret is bound to: nobody else's account."""
    return f"totp/{account}"
