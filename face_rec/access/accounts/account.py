"""An account: somebody who can sign in."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from face_rec.access.rights import Role
from face_rec.access.storage import Records
from face_rec.domain.errors import AccountRefused
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first

LONGEST_NAME: Final = 64
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._+@-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. ``id`` is the name to sign in with, in lower case.

    ``password`` is an Argon2id hash, None where only single sign-on opens the account; then
    ``external`` is the provider's own name for it (issuer and subject). ``epoch`` counts the
    times that all sessions were ended at once. ``groups``: whose
    records a manager may see and correct; nobody's unless it is said. ``language``: the code of
    the one that its owner reads in; "": their browser's. ``decimal_hours``: they read 7.5, not
    7:30.
    """

    id: str
    role: Role
    groups: Groups = NO_GROUPS
    active: bool = True
    password: str | None = field(default=None, repr=False)
    external: str | None = None
    epoch: int = 0
    created_at: datetime | None = None
    language: str = ""
    decimal_hours: bool = False
    version: int = 0

    @property
    def administers(self) -> bool:
        """Whether it counts as somebody who can make other administrators."""
        return self.active and self.role is Role.ADMIN


AN_ADMIN: Final = {"role": Role.ADMIN.value, "active": True}
"""The same as the store's records have it; one such record must always be left."""


def account_name(typed: str) -> str:
    """``typed`` as accounts are named; raises AccountRefused."""
    name = unicodedata.normalize("NFKC", typed).strip().lower()
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise AccountRefused(
            sentence(
                "An account's name has 1 to {longest_name} letters a to z, digits "
                "and . _ + - @, and begins and ends with a letter or digit. An "
                "e-mail address will do.",
                longest_name=LONGEST_NAME,
            )
        )
    return name


def end_sessions(accounts: Records[Account], name: str) -> Account:
    """Raise the account's epoch; raises AccountRefused if there is none."""

    def write() -> Account:
        account = accounts.get(name)
        if account is None:
            raise AccountRefused(
                sentence("There is no account {name}. Reload the page.", name=name)
            )
        return accounts.update(replace(account, epoch=account.epoch + 1))

    return until_first(write, tries=None)
