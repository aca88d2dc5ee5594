"""One's own sign-ins: which there are, ending them, and being told of a new one."""

from collections.abc import Callable
from dataclasses import replace

from face_rec.access.accounts.account import Account
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.factors.step_up import StepUp
from face_rec.access.rights import Act
from face_rec.access.secrets import digest
from face_rec.access.signin.session import (
    OpenSession,
    Session,
    SessionStore,
    SignIn,
    SignInNotes,
    Use,
    session_id,
)
from face_rec.access.storage import Records
from face_rec.clock import Clock


class OwnSessions:
    """Safe to call from any thread. Sessions are named by an id that opens nothing."""

    def __init__(
        self,
        *,
        accounts: Records[Account],
        sessions: SessionStore,
        notes: SignInNotes,
        audit_log: AuditLog,
        step_up: StepUp,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._notes = notes
        self._audit_log = audit_log
        self._step_up = step_up
        self._clock = clock

    def all(self, account: str, secret: str = "") -> list[OpenSession]:
        """Those of an account, the newest first; ``secret`` is that of the one that asks."""
        found, own = self._living(account), digest(secret) if secret else ""
        listed = [
            OpenSession(session_id(key), s.browser, s.address, s.started_at, use, own=key == own)
            for key, (s, use) in found.items()
        ]
        return sorted(listed, key=lambda one: one.started_at, reverse=True)

    def end(self, account: str, wanted: str, actor: Actor) -> bool:
        """End the one with this id; False if there is none. Raises ProofNeeded."""
        self._step_up.demand(Act.END_SESSIONS)
        return bool(self._end(account, actor, lambda key: session_id(key) == wanted))

    def end_others(self, account: str, secret: str, actor: Actor) -> int:
        """End all but the one that asks; returns how many. Raises ProofNeeded."""
        self._step_up.demand(Act.END_SESSIONS)
        return self._end(account, actor, lambda key: key != digest(secret))

    def previous(self, secret: str) -> SignIn | None:
        """The sign-in to the account before the one of this session."""
        found = self._sessions.get(digest(secret))
        return found[0].previous if found else None

    def unseen(self, secret: str) -> SignIn | None:
        """A sign-in to the account from a new browser, while this session was open, that
        nobody has said here to have seen."""
        key = digest(secret)
        found = self._sessions.get(key)
        new = self._notes.new_sign_in(found[0].account) if found else None
        if found is None or new is None or new.session == session_id(key):
            return None
        return new if new.at > (found[0].seen_at or found[0].started_at) else None

    def seen(self, secret: str) -> None:
        """Say in this session that the new sign-in was seen."""
        found = self._sessions.get(digest(secret))
        if found is not None:
            session = replace(found[0], seen_at=self._clock.now())
            self._sessions.replace(digest(secret), session)

    def _living(self, account: str) -> dict[str, tuple[Session, Use | None]]:
        owner = self._accounts.get(account)
        if owner is None:
            return {}
        found = self._sessions.of(account)
        return {key: held for key, held in found.items() if held[0].epoch == owner.epoch}

    def _end(self, account: str, actor: Actor, wanted: Callable[[str], bool]) -> int:
        gone = {key: s for key, (s, _) in self._living(account).items() if wanted(key)}
        for key, session in gone.items():
            self._sessions.drop(key, account)
            told = {"browser": session.browser, "address": session.address}
            self._audit_log.record(Action.SESSION_ENDED, account, before=told, actor=actor)
        return len(gone)
