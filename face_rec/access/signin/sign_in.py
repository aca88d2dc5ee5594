"""Signing in and out, and the set-up of the first account."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from face_rec.access.accounts.account import Account, account_name, end_sessions
from face_rec.access.accounts.founding import Founding, Mark
from face_rec.access.accounts.known_browsers import KnownBrowsers
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.credentials import Link, LinkKind, LinkStore
from face_rec.access.factors.second_factor import SecondFactor
from face_rec.access.limits.throttle import BY_LINK, Throttle
from face_rec.access.rights import Role
from face_rec.access.secrets import digest, new_secret
from face_rec.access.signin.external import ExternalAccounts, Vouched
from face_rec.access.signin.half_session import HalfSessions
from face_rec.access.signin.proof import Proof
from face_rec.access.signin.session import (
    Lifetime,
    Opened,
    ProviderSession,
    Session,
    SessionStore,
    SignIn,
    SignInNotes,
    Use,
    session_id,
)
from face_rec.access.signin.visitor import Visitor
from face_rec.access.storage import Records
from face_rec.clock import Clock
from face_rec.domain.errors import LinkInvalid, SignInRefused
from face_rec.languages.language import msgid

_TOO_MANY: Final = msgid("Too many links were tried from this address. Wait 15 minutes.")
_USED_UP: Final = msgid(
    "This set-up link was used or is not valid. Sign in with your account instead."
)


class SignInService:
    """Every way in and out for people. Safe to call from any thread."""

    def __init__(
        self,
        *,
        accounts: Records[Account],
        sessions: SessionStore,
        links: LinkStore,
        notes: SignInNotes,
        passwords: Passwords,
        proof: Proof,
        external: ExternalAccounts,
        known: KnownBrowsers,
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        lifetime: Lifetime,
        halves: HalfSessions,
        factors: SecondFactor,
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
        self._proof = proof
        self._external = external
        self._known = known
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._lifetime = lifetime
        self._halves = halves
        self._factors = factors
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
            tries = self._throttle.try_now(BY_LINK, address)
            raise LinkInvalid(_TOO_MANY if tries > BY_LINK.tries else _USED_UP)

    def set_up(self, secret: str, typed_name: str, password: str, visitor: Visitor) -> Opened:
        """Make the first account, an admin, and sign in.

        Raises LinkInvalid, AccountRefused, PasswordRefused; the link stays good for the last
        two.
        """
        self.check_setup(secret, visitor.address)
        name = account_name(typed_name)
        self._passwords.check(password, name)
        account = Account(
            id=name, role=Role.ADMIN, password=self._passwords.hash(password),
            created_at=self._clock.now(),
        )  # fmt: skip
        if not self._accounts.create(account, only_first=True):
            raise LinkInvalid(_USED_UP)
        self._links.take(digest(secret))
        self._audit_log.record(Action.SET_UP, name, actor=Actor(name, "user", visitor.address))
        return self.open(account, visitor)

    def prove(self, typed_name: str, password: str, visitor: Visitor) -> Account:
        """The account whose password this is; nothing is opened yet. Raises SignInRefused and
        TryLater, see :class:`Proof`."""
        if not self.local:
            raise SignInRefused(msgid("Passwords open nothing here. Use single sign-on."))
        return self._proof.account(typed_name, password, visitor)

    def open(self, account: Account, visitor: Visitor) -> Opened:
        """A session for somebody who has just given the password; half of one where a second
        factor is needed."""
        if self._factors.needed(account):
            return self._half(account)
        return self._open(account, visitor, self._clock.now())

    def sign_in(self, typed_name: str, password: str, visitor: Visitor) -> Opened:
        """Both. Raises SignInRefused, TryLater."""
        return self.open(self.prove(typed_name, password, visitor), visitor)

    def sign_in_external(self, vouched: Vouched, visitor: Visitor) -> Opened:
        """The same for somebody whom the identity provider vouches for; a second factor that
        it says to have seen counts here too. Raises AccountRefused, SignInRefused, Conflict."""
        account = self._external.account(vouched, visitor)
        if self._factors.needed(account) and not vouched.factor:
            return self._half(account, vouched.session)
        return self._open(
            account, visitor, vouched.proved_at, factor=vouched.factor, provider=vouched.session
        )

    def account(self, name: str) -> Account | None:
        """The account, if it opens anything."""
        found = self._accounts.get(name)
        return found if found is not None and found.active else None

    def half_account(self, half: str) -> Account | None:
        """Whose sign-in waits for a second factor under this secret."""
        return self._halves.account_of(half)

    def finish(self, half: str, visitor: Visitor) -> Opened:
        """The session of a sign-in whose second factor was shown, once. Raises SignInRefused."""
        found = self._halves.take(half)
        if found is None:
            raise SignInRefused(msgid("This sign-in took too long. Sign in again."))
        account, provider = found
        return self._open(account, visitor, self._clock.now(), factor=True, provider=provider)

    def sign_in_passkey(self, name: str, visitor: Visitor) -> Opened:
        """The session of ``name``, whose passkey has just answered. Raises SignInRefused.

        Somebody of the identity provider goes by the provider, who may have shut them out.
        """
        account = self._accounts.get(name)
        if account is None or not account.active or account.external or not self.local:
            actor = Actor(name, "visitor", visitor.address)
            self._audit_log.record(Action.SIGN_IN_FAILED, name, actor=actor)
            raise SignInRefused(
                msgid(
                    "This passkey does not open the app by itself. Sign in another "
                    "way, or ask an administrator."
                )
            )
        return self._open(account, visitor, self._clock.now(), factor=True)

    def provider_session(self, secret: str) -> ProviderSession | None:
        """The session at the identity provider behind this one; None: there is none."""
        found = self._sessions.get(digest(secret))
        return found[0].provider if found else None

    def sign_out(self, secret: str, actor: Actor) -> None:
        """End one session."""
        self._sessions.drop(digest(secret), actor.name)
        self._audit_log.record(Action.SIGN_OUT, actor.name, actor=actor)

    def sign_out_everywhere(self, name: str) -> None:
        """End every session of one's own account, from a shell of any. Raises
        AccountRefused."""
        end_sessions(self._accounts, name)
        self._audit_log.record(Action.SIGN_OUT_EVERYWHERE, name)

    def session_of(
        self, secret: str, used: bool, address: str = ""
    ) -> tuple[Account, Session] | None:
        """The session, and whose it is; ``used`` makes it last longer, and is noted as a use
        from ``address`` where that is known."""
        key = digest(secret)
        found = self._sessions.get(key)
        if found is None:
            return None
        session, left = found
        account = self._accounts.get(session.account)
        may_last = self._lifetime.left(session, self._clock.now())
        if account is None or not account.active or account.epoch != session.epoch:
            return None
        if may_last <= 0 or (self._factors.required(account.role) and not session.factor):
            return None  # a role that needs a second factor is not opened by an older session
        if used and may_last - left > _WORTH_WRITING:
            use = Use(self._clock.now(), address) if address else None
            self._sessions.prolong(key, account.id, may_last, use)
        return account, session

    def renew(self, secret: str, account: Account, actor: Actor, *, keep: bool = False) -> Opened:
        """The same session under a new secret, freshly proved; the old secret ends (OWASP ASVS
        5.0, 7.2.4). ``keep``: under the same one, where a form is open beside, whose connection
        would else be cut and its words lost. Raises SignInRefused if the session is over."""
        found = self.session_of(secret, used=True)
        if found is None or found[0].id != account.id:
            raise SignInRefused(msgid("This sign-in has ended. Sign in again."))
        now = self._clock.now()
        session = replace(found[1], proved_at=now)
        if keep:
            self._sessions.replace(digest(secret), session)
            self._audit_log.record(Action.PROVED, account.id, actor=actor)
            return Opened(secret, account.id)
        self._sessions.drop(digest(secret), account.id)
        fresh = new_secret()
        self._sessions.put(digest(fresh), session, self._lifetime.left(session, now))
        self._audit_log.record(Action.PROVED, account.id, actor=actor)
        return Opened(fresh, account.id)

    def _half(self, account: Account, provider: ProviderSession | None = None) -> Opened:
        return Opened(self._halves.open(account, provider), account.id, half=True)

    def _open(
        self,
        account: Account,
        visitor: Visitor,
        proved_at: datetime | None,
        *,
        factor: bool = False,
        provider: ProviderSession | None = None,
    ) -> Opened:
        """A new session under a new secret, never one that came with the request."""
        secret, now = new_secret(), self._clock.now()
        key = digest(secret)
        session = Session(
            account.id, account.epoch, now, factor, proved_at, visitor.browser, visitor.address,
            previous=self._notes.last_sign_in(account.id), provider=provider,
        )  # fmt: skip
        self._sessions.put(key, session, self._lifetime.left(session, now))
        self._note(
            account, visitor, SignIn(now, visitor.address, visitor.browser, session_id(key))
        )
        return Opened(secret, account.id, self._known.remember(account.id, visitor.known))

    def _note(self, account: Account, visitor: Visitor, here: SignIn) -> None:
        """For the audit log, and for the owner: from a new browser it is shown elsewhere."""
        new = not self._known.browser(account.id, visitor.known)
        self._notes.signed_in(account.id, here)
        if new:
            self._notes.note_new(account.id, here)
        actor = Actor(account.id, "user", visitor.address)
        told = {"browser": visitor.browser, "new browser": "yes" if new else ""}
        self._audit_log.record(Action.SIGN_IN, account.id, after=told, actor=actor)


_WORTH_WRITING: Final = 30.0  # seconds gained; every request would be too often
