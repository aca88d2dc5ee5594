"""Whether somebody who is not signed in has an account's password."""

from collections.abc import Callable
from typing import Final

from face_rec.access.accounts.account import Account, account_name
from face_rec.access.accounts.hashing import AT_ONCE
from face_rec.access.accounts.known_browsers import KnownBrowsers
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.attempts import Attempts, Try, in_words
from face_rec.access.limits.pace import network_of
from face_rec.access.limits.room import Room
from face_rec.access.secrets import digest
from face_rec.access.signin.visitor import Visitor
from face_rec.access.storage import Records
from face_rec.domain.errors import AccountRefused, Conflict, SignInRefused, TryLater
from face_rec.languages.language import msgid

_REFUSED: Final = msgid(
    "Name and password do not match. Check both and try again. After several failures "
    "you have to wait before the next try."
)


_WAITING: Final = 12
_RESERVED: Final = 8
_A_NETWORK: Final = 8


class Proof:
    """The first factor. Safe to call from any thread."""

    def __init__(
        self,
        *,
        accounts: Records[Account],
        passwords: Passwords,
        attempts: Attempts,
        known: KnownBrowsers,
        audit_log: AuditLog,
        room: Room | None = None,
    ) -> None:
        """``room``: for those who try at this moment; some of it is for known browsers."""
        self._accounts = accounts
        self._passwords = passwords
        self._attempts = attempts
        self._known = known
        self._audit_log = audit_log
        self._room = room or Room(AT_ONCE + _WAITING, _RESERVED, _A_NETWORK)

    def account(self, typed_name: str, password: str, visitor: Visitor) -> Account:
        """The account, its password given. Raises SignInRefused, in the same words and after
        the same work whatever was wrong, and TryLater before any work: where tries came too
        fast, or too many people sign in at once."""
        name = _as_account(typed_name)
        browser = self._known.browser(name, visitor.known)
        # A known browser has a lane of its own: its network may be full of somebody's guesses.
        lane = f"browser {browser}" if browser else network_of(visitor.address)
        with self._room.place(lane, known=bool(browser)):
            return self._account(name, password, visitor, browser)

    def _account(self, name: str, password: str, visitor: Visitor, browser: str) -> Account:
        tries = self._begin(name, browser, visitor.address)
        try:
            account = self._accounts.get(name)
            fits = self._passwords.verify(account, password)
        except TryLater:
            self._each(self._attempts.not_made, tries)
            raise
        if not fits or account is None or not account.active:
            self._note(name, visitor, max(one.wait for one in tries))
            raise SignInRefused(_REFUSED)
        self._each(self._attempts.succeeded, tries)
        return self._rehashed(account, password)

    def _begin(self, name: str, browser: str, address: str) -> list[Try]:
        """The network's count comes first; a known browser is not taken for its network."""
        first = [] if browser else [self._attempts.from_network(address)]
        try:
            return [*first, self._attempts.at_account(name, address, browser)]
        except TryLater:
            self._each(self._attempts.not_made, first)
            raise

    def _each(self, settle: Callable[[Try], None], tries: list[Try]) -> None:
        for one in tries:
            settle(one)

    def _note(self, name: str, visitor: Visitor, wait: float) -> None:
        """A failure, and whether it starts a wait; what is refused meanwhile is not written
        down each time, or a stranger could fill the log."""
        action = Action.SIGN_IN_LOCKED if wait else Action.SIGN_IN_FAILED
        after = {"browser": visitor.browser, "next try after": in_words(wait) if wait else ""}
        actor = Actor(name, "visitor", visitor.address)
        self._audit_log.record(action, name, after=after, actor=actor)

    def _rehashed(self, account: Account, password: str) -> Account:
        try:
            renewed = self._passwords.renewed(account, password)
            return account if renewed is account else self._accounts.update(renewed)
        except (Conflict, TryLater):
            return account


def _as_account(typed: str) -> str:
    """The name to look for; a text that can be no name is counted all the same."""
    try:
        return account_name(typed)
    except AccountRefused:
        return "?" + digest(typed)[:16]
