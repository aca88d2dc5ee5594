"""What the provider's tokens say of somebody who is registered."""

from collections.abc import Mapping
from typing import Any, Final

from face_rec.access.signin.own_claims import Claimed
from face_rec.domain.errors import SignInRefused
from face_rec.languages.sentence import sentence

_LONGEST: Final = 200


def person_of(claims: Mapping[str, Any], claim: str) -> Claimed:
    """Which person they are by the checked ID token: by ``claim``, which is their ID, or where
    that is "" by their address. Raises SignInRefused."""
    value = claims.get(claim or "email")
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    # OpenID Connect Core, 5.7: an address is nobody's before the provider has verified it.
    verified = bool(claim) or claims.get("email_verified") is True
    if not text.strip() or len(text) > _LONGEST or not verified:
        raise SignInRefused(
            sentence(
                "The sign-in provider sent no usable {claim}: none, or an address that it has not "
                "verified. Ask the office.",
                claim=claim or "email",
            )
        )
    return Claimed(person_id=text) if claim else Claimed(email=text)
