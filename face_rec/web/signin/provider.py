"""The OpenID Connect provider that people sign in at, and what its tokens say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from face_rec.access.rights import NARROWED, Role
from face_rec.access.signin.external import Vouched
from face_rec.access.signin.session import ProviderSession
from face_rec.domain.errors import SignInRefused
from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.web.signin.person_claims import LONGEST_SID

_LONGEST_HINT: Final = 4000  # it goes into an address; without it the provider asks the person
EVERYBODY: Final = "*"
_ORDER: Final = (Role.ADMIN, Role.REGISTRAR, Role.HR, Role.MANAGER, Role.KIOSK)


class NoRole(SignInRefused):
    """None of their groups has an account here: they may still be somebody registered."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider. ``roles``: role by the provider's group; of several the
    first of admin, registrar, hr, manager and kiosk counts. ``scopes``: the group of people that a
    manager or HR sees, by the provider's group, ``*``: all; None: the provider does not say.
    ``person_claim``: which claim is the ID of a registered person; "": they are known by their
    address."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, Role]
    groups_claim: str = "groups"
    name_claim: str = "email"
    scopes: Mapping[str, str] | None = None
    person_claim: str = ""

    def vouched(self, claims: Mapping[str, Any]) -> Vouched:
        """What the checked ID token says. Raises SignInRefused."""
        groups = self._groups(claims)
        role = self._role_of(groups)
        return Vouched(
            f"{claims['iss']}|{claims['sub']}", self._name_of(claims), role,
            self._scope_of(groups) if role in NARROWED else None,
            proved_at=_moment(claims.get("auth_time")), factor=_with_two(claims.get("amr")),
        )  # fmt: skip

    def _groups(self, claims: Mapping[str, Any]) -> frozenset[str]:
        listed = claims.get(self.groups_claim) or ()
        if isinstance(listed, str):
            return frozenset({listed})
        return frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()

    def _role_of(self, groups: frozenset[str]) -> Role:
        found = {role for group, role in self.roles.items() if group in groups}
        for role in _ORDER:
            if role in found:
                return role
        raise NoRole(msgid("None of your groups may use this app. Ask an administrator."))

    def _scope_of(self, groups: frozenset[str]) -> Groups | None:
        if self.scopes is None:
            return None
        seen = {people for group, people in self.scopes.items() if group in groups}
        if not seen:
            raise SignInRefused(
                msgid("Your groups do not say whose records you may see. Ask an administrator.")
            )
        return ALL_GROUPS if EVERYBODY in seen else Groups(frozenset(seen))

    def _name_of(self, claims: Mapping[str, Any]) -> str:
        name = claims.get(self.name_claim)
        # OpenID Connect Core, 5.7: an address is nobody's before the provider has verified it.
        unverified = self.name_claim == "email" and claims.get("email_verified") is not True
        if not isinstance(name, str) or not name or unverified:
            raise SignInRefused(
                sentence(
                    "The sign-in provider sent no usable {name_claim}: none, or an "
                    "address that it has not verified. Ask an administrator.",
                    name_claim=self.name_claim,
                )
            )
        return name


def _moment(auth_time: object) -> datetime | None:
    """When the provider last asked who they are (OpenID Connect Core, 2: ``auth_time``)."""
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return None
    try:
        return datetime.fromtimestamp(auth_time, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _with_two(amr: object) -> bool:
    """Whether the provider saw several factors (RFC 8176: ``mfa``)."""
    return isinstance(amr, list) and "mfa" in amr


def session_of(token: Mapping[str, Any]) -> ProviderSession:
    """The session there, so that it can be ended from here, and this one from there."""
    sid, id_token = token["userinfo"].get("sid"), token.get("id_token")
    return ProviderSession(
        sid if isinstance(sid, str) and len(sid) <= LONGEST_SID else "",
        id_token if isinstance(id_token, str) and len(id_token) <= _LONGEST_HINT else "",
    )
