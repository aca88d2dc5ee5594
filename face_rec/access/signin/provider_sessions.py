"""Sessions of people whom the identity provider has signed out."""

from dataclasses import dataclass
from typing import Final

from face_rec.access.accounts.account import Account, end_sessions
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.secrets import digest
from face_rec.access.signin.session import (
    OF_PERSON,
    Session,
    SessionStore,
    of_person_there,
    of_session_there,
)
from face_rec.access.storage import CounterStore, Records
from face_rec.domain.errors import LogoutRefused, StoreError
from face_rec.protocols.people_store import PeopleReader

_PROVIDER: Final = Actor("single sign-on", "provider")
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
        people: PeopleReader | None = None,
    ) -> None:
        """``people``: whose own pages may be open; None: nobody's."""
        self._accounts = accounts
        self._sessions = sessions
        self._counters = counters
        self._audit_log = audit_log
        self._people = people

    def end(self, logout: ProviderLogout) -> int:
        """How many accounts and people it concerned. Raises LogoutRefused for a word that came
        before."""
        key = "logout:" + digest(f"{logout.issuer}|{logout.number}")
        if self._counters.add(key, max(0.0, logout.seconds) + _SKEW) > 1:
            raise LogoutRefused("The logout token was refused: it came before.")
        try:
            theirs = [one for one in self._accounts.all() if _concerned(one, logout)]
            ended = sum(self._end(account, logout) for account in theirs)
            return ended + self._end_own_pages(logout)
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
            self._audit_log.record(Action.SESSION_ENDED, account.id, actor=_PROVIDER)
        return bool(ended)

    def _end_own_pages(self, logout: ProviderLogout) -> int:
        """Of registered people, who have no account: how many. Where they came in another way,
        too, that goes on: it was not the provider's."""
        found = self._sessions.of(_named(logout))
        meant = {key: session for key, (session, _) in found.items()
                 if logout.sid is None or _meant(session, logout)}  # fmt: skip
        for key, session in meant.items():
            self._sessions.drop(key, session.account)
        subjects = {one.account.removeprefix(OF_PERSON) for one in meant.values()}
        for subject in subjects:
            person = self._people.get(subject) if self._people is not None else None
            if person is not None:
                self._audit_log.record(
                    Action.SESSION_ENDED, person.id, actor=_PROVIDER, about=subject
                )
        return len(subjects)


def _named(logout: ProviderLogout) -> str:
    if logout.subject is not None:
        return of_person_there(logout.issuer, logout.subject)
    return of_session_there(logout.issuer, logout.sid or "")


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
