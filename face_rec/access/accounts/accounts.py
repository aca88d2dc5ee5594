"""Accounts as an administrator handles them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from face_rec.access.accounts.account import AN_ADMIN, Account, account_name, end_sessions
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.attempts import Attempts
from face_rec.access.rights import ACCOUNT_ROLES, NARROWED, Act, Role
from face_rec.access.storage import Moments, Records
from face_rec.clock import Clock
from face_rec.domain.errors import (
    AccountRefused,
    LastOne,
    PasswordRefused,
    SignInRefused,
    TryLater,
)
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first

_CHANGED: Final = msgid(
    "Somebody else changed this account while you had it open, and nothing of yours was "
    "saved. Close this, look at what it is now, then make your change again."
)


class Accounts:
    """Makes and changes accounts. Safe to call from any thread.

    Nothing here removes an account: what it did stays in the audit log under its name, which
    therefore must not go to somebody else.
    """

    def __init__(
        self,
        *,
        accounts: Records[Account],
        notes: Moments,
        passwords: Passwords,
        attempts: Attempts,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""
        self._accounts = accounts
        self._notes = notes
        self._passwords = passwords
        self._attempts = attempts
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand

    def all(self) -> list[Account]:
        """Every account, by name."""
        return self._accounts.all()

    def get(self, name: str) -> Account | None:
        return self._accounts.get(name)

    def sign_ins(self) -> dict[str, datetime]:
        """The last sign-in by account."""
        return self._notes.sign_ins()

    def create(
        self, typed_name: str, password: str, role: Role, groups: Groups = NO_GROUPS
    ) -> Account:
        """A new account. Raises AccountRefused, PasswordRefused, ProofNeeded."""
        self._demand(Act.ACCOUNTS)
        name = account_name(typed_name)
        _check_groups(role, groups)
        self._passwords.check(password, name)
        account = Account(
            id=name, role=role, groups=groups, password=self._passwords.hash(password),
            created_at=self._clock.now(),
        )  # fmt: skip
        if not self._accounts.create(account):
            raise AccountRefused(
                sentence("There is an account {name} already. Choose another name.", name=name)
            )
        self._audit_log.record(Action.ACCOUNT_CREATED, name, after=_about(account))
        return account

    def change(
        self, name: str, role: Role, groups: Groups, active: bool, *, seen: Account | None = None
    ) -> Account:
        """Change what an account may do, from the next moment on. ``seen``: the account as it
        was shown to who changes it; rights that somebody else took meanwhile are not given back
        unseen.

        Raises AccountRefused for an unknown account, for one that was changed meanwhile and
        where no admin would be left, ProofNeeded.
        """
        self._demand(Act.ACCOUNTS)
        was = self._get(name)
        _check_groups(role, groups)

        def changed_from(account: Account) -> Account:
            if seen is not None and _standing(account) != _standing(seen):
                raise AccountRefused(_CHANGED)
            return replace(account, role=role, groups=groups, active=active)

        changed = self._write(name, changed_from)
        self._audit_log.record(Action.ACCOUNT_CHANGED, name, _about(was), _about(changed))
        return changed

    def sign_out_everywhere(self, name: str) -> None:
        """End every session of somebody. Raises AccountRefused, ProofNeeded."""
        self._demand(Act.ACCOUNTS)
        end_sessions(self._accounts, name)
        self._audit_log.record(Action.SIGN_OUT_EVERYWHERE, name)

    def set_password(self, name: str, password: str) -> None:
        """A new password; ends all sessions. Raises AccountRefused, PasswordRefused,
        ProofNeeded."""
        self._demand(Act.ACCOUNTS)
        self._set_password(name, password)

    def _set_password(self, name: str, password: str) -> None:
        was = self._get(name)
        if was.external:
            raise AccountRefused(
                sentence(
                    "{name} signs in by single sign-on and has no password here. Change it at "
                    "the sign-in provider.",
                    name=name,
                )
            )
        self._passwords.check(password, name)
        hashed = self._passwords.hash(password)
        self._write(name, lambda a: replace(a, password=hashed, epoch=a.epoch + 1))
        self._audit_log.record(Action.PASSWORD_CHANGED, name)

    def check_own_password(self, name: str, password: str) -> None:
        """Of somebody who is signed in. Raises SignInRefused if it is wrong, TryLater if it was
        guessed too often."""
        tried = self._attempts.at_own_password(name)
        account = self._get(name)
        try:
            fits = self._passwords.verify(account, password)
        except TryLater:
            self._attempts.not_made(tried)
            raise
        if not fits:
            self._audit_log.record(Action.PASSWORD_REFUSED, name)
            raise SignInRefused(msgid("The present password is not right. Nothing was changed."))
        self._attempts.succeeded(tried)

    def change_own_password(self, name: str, old: str, new: str) -> None:
        """A new password for oneself; ends all sessions. Raises also what
        :meth:`check_own_password` raises, and PasswordRefused if the new one is the old one."""
        self.check_own_password(name, old)
        if self._passwords.verify(self._get(name), new):
            raise PasswordRefused(msgid("This is your present password. Choose another one."))
        self._set_password(name, new)

    def read_in(self, name: str, language: str, *, decimal_hours: bool) -> None:
        """How the owner of an account reads; ``language`` "": as their browser says. Raises
        AccountRefused."""
        if language and language not in LANGUAGES:
            raise AccountRefused(sentence("Choose one of the languages in the list."))
        self._write(name, lambda a: replace(a, language=language, decimal_hours=decimal_hours))

    def slowed(self, name: str) -> bool:
        """Whether wrong tries at this account have made somebody wait, in the last hour."""
        return self._attempts.slowed(name)

    def unlock(self, name: str) -> None:
        """Forget the wrong tries at an account, from everywhere. Raises AccountRefused,
        ProofNeeded."""
        self._demand(Act.ACCOUNTS)
        self._attempts.forgive(self._get(name).id)
        self._audit_log.record(Action.ACCOUNT_UNLOCKED, name)

    def _get(self, name: str) -> Account:
        account = self._accounts.get(name)
        if account is None:
            raise AccountRefused(
                sentence("There is no account {name}. Look at the list again.", name=name)
            )
        return account

    def _write(self, name: str, change: Callable[[Account], Account]) -> Account:
        def write() -> Account:
            account = self._get(name)
            changed = change(account)
            # The store decides: two admins may demote each other at the same moment.
            keeps = AN_ADMIN if account.administers and not changed.administers else None
            return self._accounts.update(changed, keeps)

        try:
            return until_first(write, tries=None)
        except LastOne:
            raise AccountRefused(
                sentence(
                    "{name} is the only active administrator. Make somebody else one first.",
                    name=name,
                )
            ) from None


def _standing(account: Account) -> tuple[Role, Groups, bool]:
    return account.role, account.groups, account.active


def _check_groups(role: Role, groups: Groups) -> None:
    """Managers and HR see what is said, and something is to be said."""
    if role not in ACCOUNT_ROLES:
        raise AccountRefused(
            msgid("People who are registered sign in without an account: see People.")
        )
    if role in NARROWED and groups == NO_GROUPS:
        raise AccountRefused(
            msgid("Say whose records this account sees: choose groups, or all groups.")
        )


def _about(account: Account) -> dict[str, object]:
    return {
        "role": account.role.value,
        "groups": account.groups.words() if account.role in NARROWED else "",
        "active": "yes" if account.active else "no",
    }
