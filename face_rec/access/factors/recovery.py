"""Recovery codes: for who has lost the phone. Each opens once.

A code has 120 random bits, so that its SHA-256 tells nothing of it (NIST SP 800-63B-4,
section 3.1.2.2: from 112 bits on no slow hash is needed).
"""

import secrets
from typing import Final

from face_rec.access.devices.secret import digest

HOW_MANY: Final = 10
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_LENGTH: Final = 24
_GROUP: Final = 4


def new_codes() -> tuple[str, ...]:
    """Ten codes such as ``ab3d-…``, to be shown once."""
    return tuple(_new() for _ in range(HOW_MANY))


def digest_of(typed: str) -> str:
    """What is stored of a code, however it is typed: spaces, hyphens and capitals do not
    matter."""
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    return digest(f"recovery:{plain}")


def _new() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
