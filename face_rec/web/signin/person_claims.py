"""What the provider's tokens say of somebody who is registered."""

from collections.abc import Mapping
from typing import Any, Final

from face_rec.access.signin.own_claims import Claimed
from face_rec.access.signin.session import ProviderSession
from face_rec.domain.errors import SignInRefused
from face_rec.languages.sentence import sentence

LONGEST_SID: Final = 500
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
    there = _session(claims)
    return Claimed(person_id=text, session=there) if claim else Claimed(email=text, session=there)


def _session(claims: Mapping[str, Any]) -> ProviderSession:
    """Both are in every checked ID token; ``sid`` where the provider names its sessions."""
    sid = claims.get("sid")
    return ProviderSession(
        sid if isinstance(sid, str) and len(sid) <= LONGEST_SID else "",
        issuer=str(claims["iss"]), person=str(claims["sub"]),
    )  # fmt: skip
