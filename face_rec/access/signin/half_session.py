"""Between the password and the second factor: a secret that opens the second step only.

It lies apart from sessions and travels in a cookie of its own, so that nothing which looks for
a session can ever take it for one.
"""

from typing import Final

from face_rec.access.accounts.account import Account
from face_rec.access.secrets import digest, new_secret
from face_rec.access.signin.session import HalfSession, ProviderSession
from face_rec.access.storage import OnceStore, Records
from face_rec.clock import Clock

HALF_SECONDS: Final = 600.0
"""Long enough to install an authenticator app on the way."""


class HalfSessions:
    """Safe to call from any thread."""

    def __init__(
        self, store: OnceStore[HalfSession], accounts: Records[Account], clock: Clock
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._clock = clock

    def open(self, account: Account, provider: ProviderSession | None = None) -> str:
        """The secret of a new one. ``provider``: the session there, if it vouches."""
        secret = new_secret()
        half = HalfSession(account.id, account.epoch, self._clock.now(), provider)
        self._store.put(digest(secret), half, HALF_SECONDS)
        return secret

    def account_of(self, secret: str) -> Account | None:
        """Whose sign-in waits here; None once it ended, or the account changed in between."""
        return self._account(self._store.peek(digest(secret)))

    def take(self, secret: str) -> tuple[Account, ProviderSession | None] | None:
        """The same with the session at the provider, and the half session is over: nobody can
        finish it a second time."""
        half = self._store.take(digest(secret))
        account = self._account(half)
        return (account, half.provider) if account and half else None

    def _account(self, half: HalfSession | None) -> Account | None:
        if half is None or (self._clock.now() - half.started_at).total_seconds() > HALF_SECONDS:
            return None
        account = self._accounts.get(half.account)
        good = account is not None and account.active and account.epoch == half.epoch
        return account if good else None
