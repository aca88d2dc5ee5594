"""Badges: what the QR code on one says, and how long one may be used."""

import base64
import re
import secrets
from typing import Final

PREFIX: Final = "FA1"
_BYTES: Final = 16
_FORM: Final = re.compile(rf"{PREFIX}[A-Z2-7]{{26}}")
"""Capitals and digits only: 29 of them are the smallest code that a kiosk's camera can still read
at arm's length (version 2, ISO/IEC 18004)."""


def new_badge_text() -> str:
    """128 random bits, which say nothing of whose badge it is."""
    return PREFIX + base64.b32encode(secrets.token_bytes(_BYTES)).decode("ascii").rstrip("=")


def is_badge_text(text: str) -> bool:
    """Whether a code may be of a badge at all, of whatever site."""
    return bool(_FORM.fullmatch(text))
