"""Accounts of people whom the identity provider vouches for."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from face_rec.access.accounts.account import AN_ADMIN, Account, account_name
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Role
from face_rec.access.signin.session import ProviderSession
from face_rec.access.signin.visitor import Visitor
from face_rec.access.storage import Records
from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, LastOne, SignInRefused
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first

log = logging.getLogger(__name__)

_TURNS: Final = 5


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the provider says of somebody. ``external``: its own, lasting name for them
    (issuer and subject). ``name``: what their account is called here. ``groups``: whose records
    a manager sees; None: the provider does not say, and it stays as an administrator set it.
    ``proved_at``: when it last asked who they are; None: it does not say. ``factor``: whether
    with a second factor."""

    external: str
    name: str
    role: Role
    groups: Groups | None = None
    session: ProviderSession | None = None
    proved_at: datetime | None = None
    factor: bool = False


class ExternalAccounts:
    """Makes such an account at the first sign-in and follows the provider's word at each next
    one; both are written to the audit log as the provider's doing. Any thread may call it."""

    def __init__(self, accounts: Records[Account], audit_log: AuditLog, clock: Clock) -> None:
        self._accounts = accounts
        self._audit_log = audit_log
        self._clock = clock

    def account(self, vouched: Vouched, visitor: Visitor) -> Account:
        """The account, as the provider has it now.

        Raises AccountRefused for a name that no account can have, SignInRefused where that is
        not the account of this name or it is switched off, Conflict where somebody else keeps
        changing it."""
        name = account_name(vouched.name)
        try:
            return until_first(lambda: self._followed(name, vouched, visitor), tries=_TURNS)
        except Conflict:
            raise Conflict(
                msgid("Your account is being changed at this moment. Try again.")
            ) from None

    def _followed(self, name: str, vouched: Vouched, visitor: Visitor) -> Account:
        was = self._accounts.get(name)
        if was is None:
            return self._made(name, vouched, visitor)
        if was.external != vouched.external or not was.active:
            actor = Actor(name, "visitor", visitor.address)
            self._audit_log.record(Action.SIGN_IN_FAILED, name, actor=actor)
            raise SignInRefused(
                sentence(
                    "The account {name} is switched off or belongs to another "
                    "sign-in. Ask an administrator.",
                    name=name,
                )
            )
        groups = was.groups if vouched.groups is None else vouched.groups
        if (was.role, was.groups) == (vouched.role, groups):
            return was
        wanted = replace(was, role=vouched.role, groups=groups)
        keeps = AN_ADMIN if was.administers and not wanted.administers else None
        try:
            now = self._accounts.update(wanted, keeps)
        except LastOne:
            return self._kept(was, vouched, visitor)
        self._note(Action.ACCOUNT_CHANGED, _about(was), now.id, _about(now), visitor)
        return now

    def _kept(self, admin: Account, vouched: Vouched, visitor: Visitor) -> Account:
        """Without an administrator nobody could ever make another one: the provider's word
        waits until there is one, and is followed at the next sign-in."""
        log.warning(
            "last_admin_kept account=%s provider_says=%s: nobody else administers the app, so "
            "the account stays an administrator. Make somebody else one (page Accounts, or: "
            "python -m face_rec users add NAME --role admin), or put this person back into the "
            "provider's group of administrators.",
            admin.id, vouched.role.value,
        )  # fmt: skip
        told = {**_about(admin), "the provider says": vouched.role.value}
        self._note(Action.ADMIN_KEPT, _about(admin), admin.id, told, visitor)
        return admin

    def _made(self, name: str, vouched: Vouched, visitor: Visitor) -> Account:
        account = Account(
            id=name, role=vouched.role, groups=vouched.groups or NO_GROUPS,
            external=vouched.external, created_at=self._clock.now(),
        )  # fmt: skip
        if not self._accounts.create(account):
            raise Conflict(sentence("There is an account {name} by now. Try again.", name=name))
        self._note(Action.ACCOUNT_CREATED, {}, name, _about(account), visitor)
        return self._accounts.get(name) or account

    def _note(
        self,
        action: Action,
        before: dict[str, object],
        name: str,
        after: dict[str, object],
        visitor: Visitor,
    ) -> None:
        actor = Actor("single sign-on", "provider", visitor.address)
        self._audit_log.record(action, name, before, after, actor)


def _about(account: Account) -> dict[str, object]:
    return {"role": account.role.value, "groups": account.groups.words()}
