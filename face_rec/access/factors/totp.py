"""Codes of an authenticator app: time-based one-time passwords (RFC 6238), by pyotp.

Six digits, 30 seconds, SHA-1: what every authenticator app understands. A code of one step
before or after the present one counts too (RFC 6238, section 5.2), and each step once only.
"""

import hmac
from datetime import datetime
from typing import Final

import pyotp

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
