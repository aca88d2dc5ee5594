"""Sessions of people whom the identity provider has signed out."""

from dataclasses import dataclass
from typing import Final

from face_rec.access.accounts.account import Account, end_sessions
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.secrets import digest
from face_rec.access.signin.session import Session, SessionStore
from face_rec.access.storage import CounterStore, Records
from face_rec.domain.errors import LogoutRefused, StoreError

_SKEW: Final = 120.0  # seconds that a token is remembered beyond its end


@dataclass(frozen=True, slots=True)
class ProviderLogout:
    """The provider's word, checked. ``number``: used once. ``subject``: whose sessions end;
    None: whoever has the session ``sid``. ``sid``: the one that ends; None: all of them.
    ``seconds``: until the word is worth nothing."""

    issuer: str
    number: str
    seconds: float
    subject: str | None = None
    sid: str | None = None


class ProviderSessions:
    """Safe to call from any thread."""

    def __init__(
        self,
        accounts: Records[Account],
        sessions: SessionStore,
        counters: CounterStore,
        audit_log: AuditLog,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._counters = counters
        self._audit_log = audit_log

    def end(self, logout: ProviderLogout) -> int:
        """How many accounts it concerned. Raises LogoutRefused for a word that came before."""
        key = "logout:" + digest(f"{logout.issuer}|{logout.number}")
        if self._counters.add(key, max(0.0, logout.seconds) + _SKEW) > 1:
            raise LogoutRefused("The logout token was refused: it came before.")
        try:
            theirs = [one for one in self._accounts.all() if _concerned(one, logout)]
            return sum(self._end(account, logout) for account in theirs)
        except StoreError:
            self._counters.clear(key)  # the provider may send it again
            raise

    def _end(self, account: Account, logout: ProviderLogout) -> bool:
        ended = 0
        if logout.sid is None:
            end_sessions(self._accounts, account.id)
            ended = 1
        for key, (session, _) in self._sessions.of(account.id).items():
            if logout.sid is None or _meant(session, logout):
                self._sessions.drop(key, account.id)
                ended += 1
        if ended:
            actor = Actor("single sign-on", "provider")
            self._audit_log.record(Action.SESSION_ENDED, account.id, actor=actor)
        return bool(ended)


def _concerned(account: Account, logout: ProviderLogout) -> bool:
    external = account.external or ""
    if logout.subject is None:
        return external.startswith(f"{logout.issuer}|")
    return external == f"{logout.issuer}|{logout.subject}"


def _meant(session: Session, logout: ProviderLogout) -> bool:
    """Whether this is the session; one that the provider has never named may be it, where the
    person is named."""
    if session.provider is None:
        return False
    unnamed = logout.subject is not None and not session.provider.sid
    return unnamed or session.provider.sid == logout.sid
