"""Who is behind a request, once it is known."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from face_rec.access.rights import Right
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups


class PrincipalKind(StrEnum):
    """How somebody was recognised."""

    LOCAL = "local"  # accounts are switched off: whoever sits at this computer
    USER = "user"
    DEVICE = "device"
    TOKEN = "token"  # noqa: S105 - the word, not a secret
    PERSON = "person"  # somebody registered, who has no account


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, a kiosk device or a program, with what it may do at this moment.

    ``id``: account name, kiosk or token id; of a person their subject. ``groups``: whose records
    this one may see and correct; nobody's unless it is said. ``kiosk``: the one kiosk that a
    device is; ``drawn_by``: what its open page is drawn by, see
    :attr:`face_rec.kiosks.kiosk.KioskRecord.drawn_by`. ``sign_in`` names this very sign-in; of
    the next one of the same account it differs. ``proved_at``: when a user last proved in this
    session who they are. ``language`` and ``decimal_hours``: how a user chose to read, see
    :class:`face_rec.access.accounts.account.Account`.

    Equal principals may do and see the same: an open page is its principal's, and is over when
    that is no longer equal. What says nothing of that is declared ``compare=False``.
    """

    kind: PrincipalKind
    id: str
    name: str
    rights: frozenset[Right]
    groups: Groups = NO_GROUPS
    kiosk: str | None = None
    drawn_by: tuple[str, ...] = ()
    proved_at: datetime | None = field(default=None, compare=False)
    sign_in: str = field(default="", repr=False)
    language: str = field(default="", compare=False)
    decimal_hours: bool = field(default=False, compare=False)

    @property
    def standing(self) -> str:
        """Differs as soon as anything does that a page is drawn by; the same again after the
        same account has signed in again. Tells a browser nothing else."""
        said = (
            self.kind, self.id, self.name, sorted(self.rights), self.groups.every,
            sorted(self.groups.named), self.kiosk, self.drawn_by,
        )  # fmt: skip
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def subject(self) -> str:
        """The one person that this is; "" for everybody else, who is nobody registered."""
        return self.id if self.kind is PrincipalKind.PERSON else ""

    def may(self, right: Right) -> bool:
        return right in self.rights

    def sees(self, group: str | None) -> bool:
        """Whether records of people in ``group`` may be shown and corrected; None: of somebody
        who is not registered any more."""
        return self.groups.holds(group)


_FOR_ACCOUNTS = frozenset({Right.ACCOUNTS, Right.TOKENS, Right.OWN})
THIS_COMPUTER = Principal(
    PrincipalKind.LOCAL, "local", "this computer", frozenset(Right) - _FOR_ACCOUNTS, ALL_GROUPS
)
"""Everybody, while accounts are switched off and the app listens on 127.0.0.1 only; accounts
and tokens mean nothing then, kiosks have no devices, and nobody is one of those registered."""
