"""Signing in and out, and the set-up of the first account."""

from dataclasses import replace
from typing import Final

from face_rec.access.account import Account, account_name
from face_rec.access.actor import Actor
from face_rec.access.audit import Action
from face_rec.access.founding import Founding, Mark
from face_rec.access.link import Link, LinkKind
from face_rec.access.passwords import Passwords
from face_rec.access.rights import Role
from face_rec.access.secret import digest, new_secret
from face_rec.access.session import Lifetime, Session
from face_rec.access.storage import LinkStore, Notes, Records, SessionStore
from face_rec.access.throttle import BY_ACCOUNT, BY_ADDRESS, BY_LINK, Throttle
from face_rec.access.trail import Trail
from face_rec.clock import Clock
from face_rec.errors import AccountRefused, Conflict, LinkInvalid, SignInRefused
from face_rec.groups import Groups

_REFUSED: Final = (
    "Name and password do not match. Check both and try again. After several failures the "
    "sign-in stays closed for 15 minutes."
)
_USED_UP: Final = "This set-up link was used or is not valid. Sign in with your account instead."


class Door:
    """Every way in and out for people. Safe to call from any thread."""

    def __init__(
        self,
        *,
        accounts: Records[Account],
        sessions: SessionStore,
        links: LinkStore,
        notes: Notes,
        passwords: Passwords,
        throttle: Throttle,
        trail: Trail,
        clock: Clock,
        lifetime: Lifetime,
        local: bool = True,
        mark: Mark | None = None,
    ) -> None:
        """``local``: whether passwords open anything (else single sign-on only). ``mark``:
        what remembers that there was an account while the database is away."""
        self._accounts = accounts
        self._sessions = sessions
        self._links = links
        self._notes = notes
        self._passwords = passwords
        self._throttle = throttle
        self._trail = trail
        self._clock = clock
        self._lifetime = lifetime
        self.local = local
        self._founding = Founding(accounts, mark)

    def needs_setup(self) -> bool:
        """Whether nobody can sign in yet because there is no account."""
        return self._founding.needed()

    def setup_link(self) -> str:
        """The secret of a new set-up link, good until an account exists."""
        secret = new_secret()
        self._links.put(digest(secret), Link(LinkKind.SETUP), seconds=None)
        return secret

    def check_setup(self, secret: str, address: str) -> None:
        """Raises LinkInvalid unless ``secret`` may set up the first account now."""
        found = self._links.peek(digest(secret))
        if found is None or found.kind is not LinkKind.SETUP or not self.needs_setup():
            self._throttle.try_now(BY_LINK, address)
            raise LinkInvalid(_USED_UP)

    def set_up(self, secret: str, typed_name: str, password: str, address: str) -> str:
        """Make the first account, an admin, and sign in; returns the session's secret.

        Raises LinkInvalid, AccountRefused, PasswordRefused; the link stays good for the last
        two.
        """
        self.check_setup(secret, address)
        name = account_name(typed_name)
        self._passwords.check(password, name)
        account = Account(
            id=name, role=Role.ADMIN, password=self._passwords.hash(password),
            created_at=self._clock.now(),
        )  # fmt: skip
        if not self._accounts.create(account, only_first=True):
            raise LinkInvalid(_USED_UP)
        self._links.take(digest(secret))
        self._trail.record(Action.SET_UP, name, actor=Actor(name, "user", address))
        return self._open(account, address)

    def sign_in(self, typed_name: str, password: str, address: str) -> str:
        """The secret of a new session. Raises SignInRefused, in the same words and after the
        same work, whatever was wrong."""
        name = _as_account(typed_name)
        tries = self._throttle.try_now(BY_ACCOUNT, name)
        by_address = self._throttle.try_now(BY_ADDRESS, address)
        account = self._accounts.get(name)
        fits = self._passwords.verify(account, password)
        locked = tries > BY_ACCOUNT.tries or by_address > BY_ADDRESS.tries
        if locked or not fits or account is None or not account.active or not self.local:
            action = Action.SIGN_IN_LOCKED if locked else Action.SIGN_IN_FAILED
            self._trail.record(action, name, actor=Actor(name, "visitor", address))
            raise SignInRefused(_REFUSED)
        self._throttle.forgive(BY_ACCOUNT, name)
        return self._open(self._rehashed(account, password), address)

    def sign_in_external(
        self, external: str, typed_name: str, role: Role, groups: Groups, address: str
    ) -> str:
        """The same for somebody whom the identity provider vouches for.

        ``external`` is the provider's own name for them. Raises SignInRefused where that is
        not the account of this name, or the account is switched off.
        """
        name = account_name(typed_name)
        account = self._accounts.get(name)
        if account is None:
            account = Account(
                id=name, role=role, groups=groups, external=external, created_at=self._clock.now()
            )
            if not self._accounts.create(account):
                account = self._accounts.get(name) or account
        if account.external != external or not account.active:
            self._trail.record(Action.SIGN_IN_FAILED, name, actor=Actor(name, "visitor", address))
            raise SignInRefused(
                f"The account {name} is switched off or belongs to another sign-in. Ask an "
                "administrator."
            )
        if (account.role, account.groups) != (role, groups):
            account = self._accounts.update(replace(account, role=role, groups=groups))
        return self._open(account, address)

    def sign_out(self, secret: str, actor: Actor) -> None:
        """End one session."""
        self._sessions.drop(digest(secret))
        self._trail.record(Action.SIGN_OUT, actor.name, actor=actor)

    def sign_out_everywhere(self, name: str) -> None:
        """End every session of an account. Raises AccountRefused."""
        end_sessions(self._accounts, name)
        self._trail.record(Action.SIGN_OUT_EVERYWHERE, name)

    def account_of(self, secret: str, used: bool) -> Account | None:
        """Whose session this is; ``used`` makes it last longer."""
        key = digest(secret)
        found = self._sessions.get(key)
        if found is None:
            return None
        session, left = found
        account = self._accounts.get(session.account)
        may_last = self._lifetime.left(session, self._clock.now())
        if account is None or not account.active or account.epoch != session.epoch:
            return None
        if may_last <= 0:
            return None
        if used and may_last - left > _WORTH_WRITING:
            self._sessions.prolong(key, may_last)
        return account

    def _open(self, account: Account, address: str) -> str:
        """A new session under a new secret, never one that came with the request."""
        secret, now = new_secret(), self._clock.now()
        session = Session(account.id, account.epoch, now)
        self._sessions.put(digest(secret), session, self._lifetime.left(session, now))
        self._notes.signed_in(account.id, now)
        self._trail.record(Action.SIGN_IN, account.id, actor=Actor(account.id, "user", address))
        return secret

    def _rehashed(self, account: Account, password: str) -> Account:
        renewed = self._passwords.renewed(account, password)
        try:
            return account if renewed is account else self._accounts.update(renewed)
        except Conflict:
            return account


_WORTH_WRITING: Final = 30.0  # seconds gained; every request would be too often


def end_sessions(accounts: Records[Account], name: str) -> Account:
    """Raise the account's epoch; raises AccountRefused if there is none."""
    while True:
        account = accounts.get(name)
        if account is None:
            raise AccountRefused(f"There is no account {name}. Reload the page.")
        try:
            return accounts.update(replace(account, epoch=account.epoch + 1))
        except Conflict:
            continue


def _as_account(typed: str) -> str:
    """The name to look for; a text that can be no name is counted all the same."""
    try:
        return account_name(typed)
    except AccountRefused:
        return "?" + digest(typed)[:16]
