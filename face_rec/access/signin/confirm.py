"""Proving afresh, in an open session, who sits there: by a factor, else by the password.

Who has a second factor proves themselves by it (or by a recovery code); the password alone
does for accounts without one. Somebody of the identity provider goes there, or shows a factor.
"""

from collections.abc import Callable
from typing import Final

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.accounts import Accounts
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.factors.passkeys import RelyingParty
from face_rec.access.factors.second_factor import SecondFactor
from face_rec.access.signin.session import Opened
from face_rec.access.signin.sign_in import SignInService
from face_rec.domain.errors import AccessError, SignInRefused
from face_rec.languages.language import msgid

_BY_FACTOR: Final = msgid("Your account has a second factor: confirm with it.")


class Confirmation:
    """Each way gives the session a new secret, but for ``keep``: a form is open beside. Raises
    SignInRefused, FactorRefused or TryLater. Safe to call from any thread."""

    def __init__(
        self,
        sign_in: SignInService,
        accounts: Accounts,
        factors: SecondFactor,
        audit_log: AuditLog,
    ) -> None:
        self._sign_in = sign_in
        self._factors = factors
        self._accounts = accounts
        self._audit_log = audit_log

    def by_password(
        self, secret: str, account: Account, password: str, actor: Actor, *, keep: bool = False
    ) -> Opened:
        def check() -> None:
            if (
                account.external
                or not self._sign_in.local
                or self._factors.of(account.id).enrolled
            ):
                raise SignInRefused(_BY_FACTOR)
            self._accounts.check_own_password(account.id, password)

        return self._proved(secret, account, actor, check, keep=keep)

    def by_code(
        self, secret: str, account: Account, code: str, actor: Actor, *, keep: bool = False
    ) -> Opened:
        return self._proved(
            secret,
            account,
            actor,
            lambda: self._factors.show_code(secret, account.id, code),
            keep=keep,
        )

    def by_recovery(
        self, secret: str, account: Account, code: str, actor: Actor, *, keep: bool = False
    ) -> Opened:
        return self._proved(
            secret,
            account,
            actor,
            lambda: self._factors.show_recovery(secret, account.id, code),
            keep=keep,
        )

    def by_passkey(
        self,
        secret: str,
        account: Account,
        party: RelyingParty,
        credential: str,
        actor: Actor,
        *,
        keep: bool = False,
    ) -> Opened:
        def show() -> None:
            self._factors.show_passkey(secret, account.id, party, credential)

        return self._proved(secret, account, actor, show, keep=keep)

    def by_provider(self, secret: str, account: Account, external: str, actor: Actor) -> Opened:
        """For whom the identity provider has just asked to sign in again as ``external``."""

        def check() -> None:
            if account.external != external:
                raise SignInRefused(msgid("Somebody else signed in there. Nothing was confirmed."))

        return self._proved(secret, account, actor, check)

    def _proved(
        self,
        secret: str,
        account: Account,
        actor: Actor,
        check: Callable[[], None],
        *,
        keep: bool = False,
    ) -> Opened:
        try:
            check()
        except AccessError:
            self._audit_log.record(Action.PROOF_FAILED, account.id, actor=actor)
            raise
        return self._sign_in.renew(secret, account, actor, keep=keep)
