"""What an account proves itself by besides its password: an app's codes, passkeys, recovery codes.

Everything of one account is one record with a version, so that a code, a recovery code or a
signature counter is used up once, whichever process it is shown to.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from face_rec.access.secrets import digest
from face_rec.domain.errors import FactorRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many

MOST_PASSKEYS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One WebAuthn credential. ``id`` and ``public_key`` (COSE) are base64url text.

    ``host`` is the name of the app that it was made under (the relying party's id); browsers
    offer it nowhere else.
    """

    id: str
    public_key: str = field(repr=False)
    sign_count: int
    host: str
    name: str
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """``id`` is the account's name.

    ``handle`` is random and stands for the account inside authenticators. ``totp`` is the
    sealed secret of the authenticator app, ``totp_step`` the newest time step whose code was
    used. ``recovery`` holds digests.
    """

    id: str
    handle: str = ""
    totp: str | None = field(default=None, repr=False)
    totp_step: int = 0
    totp_at: datetime | None = None
    recovery: frozenset[str] = field(default=frozenset(), repr=False)
    passkeys: tuple[Passkey, ...] = ()
    version: int = 0

    @property
    def enrolled(self) -> bool:
        """Whether there is a factor; recovery codes alone are none."""
        return self.totp is not None or bool(self.passkeys)

    def check_first(self, first: bool) -> None:
        """Raises FactorRefused if there is a factor although none may be there yet."""
        if first and self.enrolled:
            raise FactorRefused(msgid("Your account has a second factor by now. Sign in with it."))

    def passkey(self, passkey_id: str) -> Passkey | None:
        return next((one for one in self.passkeys if one.id == passkey_id), None)

    def summary(self) -> str:
        """In words, for people; empty without a factor."""
        many = len(self.passkeys)
        keys = sentence("passkey")
        if many > 1:
            keys = sentence_many("{count} passkey", "{count} passkeys", many)
        if self.totp is None:
            return keys if many else ""
        app = sentence("authenticator app")
        return sentence("{one} and {other}", one=app, other=keys) if many else app

    def with_passkey(self, passkey: Passkey) -> "Factors":
        """With one more, or a newer state of one. Raises FactorRefused."""
        others = tuple(one for one in self.passkeys if one.id != passkey.id)
        if len(others) >= MOST_PASSKEYS:
            raise FactorRefused(
                sentence(
                    "An account has at most {most_passkeys} passkeys. Remove one "
                    "that you no longer use first.",
                    most_passkeys=MOST_PASSKEYS,
                )
            )
        return replace(self, passkeys=(*others, passkey))

    def without_passkey(self, passkey_id: str) -> "Factors":
        kept = tuple(one for one in self.passkeys if one.id != passkey_id)
        return replace(self, passkeys=kept)


@dataclass(frozen=True, slots=True)
class Handle:
    """Whose account an authenticator means; ``id`` is the handle."""

    id: str
    account: str
    version: int = 0


# Recovery codes: for who has lost the phone. Each opens once.
#
# A code has 120 random bits, so that its SHA-256 tells nothing of it (NIST SP 800-63B-4,
# section 3.1.2.2: from 112 bits on no slow hash is needed).

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
