"""API tokens: made by an admin, shown once, revoked or expired."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.credentials import Token
from face_rec.access.rights import Act, Scope
from face_rec.access.secrets import digest, joined, matches, new_secret, parted
from face_rec.access.storage import Moments, Records
from face_rec.clock import Clock
from face_rec.domain.errors import AccountRefused
from face_rec.languages.sentence import sentence

LONGEST_DAYS: Final = 366
_USE_NOTED_EVERY: Final = timedelta(minutes=15)


class Tokens:
    """Safe to call from any thread."""

    def __init__(
        self,
        tokens: Records[Token],
        notes: Moments,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""
        self._tokens = tokens
        self._notes = notes
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand

    def all(self) -> list[Token]:
        return self._tokens.all()

    def uses(self) -> dict[str, datetime]:
        """The last use by token, to a quarter of an hour."""
        return self._notes.uses()

    def create(
        self, title: str, scopes: frozenset[Scope], days: int, author: str
    ) -> tuple[Token, str]:
        """A new token and the text that is shown once. Raises AccountRefused, ProofNeeded."""
        self._demand(Act.TOKENS)
        title = title.strip()[:80]
        if not title or not scopes or not 1 <= days <= LONGEST_DAYS:
            raise AccountRefused(
                sentence(
                    "A token needs a name, at least one scope and 1 to "
                    "{longest_days} days of life.",
                    longest_days=LONGEST_DAYS,
                )
            )
        secret, now = new_secret(), self._clock.now()
        token = Token(
            secrets.token_hex(6), title, digest(secret), scopes, now + timedelta(days=days),
            author, now,
        )  # fmt: skip
        self._tokens.create(token)
        self._audit_log.record(Action.TOKEN_CREATED, _label(token), after=_about(token))
        return token, joined(token.id, secret)

    def revoke(self, token_id: str) -> None:
        """End a token now; no error if there is none: the database may have lost it a moment ago,
        and then it must not come back. Raises ProofNeeded."""
        self._demand(Act.TOKENS)
        token = self._tokens.get(token_id)
        there = self._tokens.remove(token_id)
        if there or token is None:
            label, before = (_label(token), _about(token)) if token else (f"({token_id})", {})
            self._audit_log.record(Action.TOKEN_REVOKED, label, before=before)

    def token_of(self, bearer: str) -> Token | None:
        """The token that this text is, if it is still good."""
        found = parted(bearer)
        token = self._tokens.get(found[0]) if found else None
        if found is None or token is None or token.expires_at <= self._clock.now():
            return None
        return token if matches(found[1], token.digest) else None

    def note_use(self, token: Token) -> None:
        """Note the use, and write it to the audit log once in a while."""
        now = self._clock.now()
        last = self._notes.uses().get(token.id)
        if last is None or now - last >= _USE_NOTED_EVERY:
            self._notes.used(token.id, now)
            self._audit_log.record(Action.TOKEN_USED, _label(token))


def _label(token: Token) -> str:
    return f"{token.title} ({token.id})"


def _about(token: Token) -> dict[str, object]:
    return {
        "scopes": ", ".join(sorted(token.scopes)),
        "expires": token.expires_at.isoformat(timespec="minutes"),
    }
