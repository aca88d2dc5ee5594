"""Writes the audit log."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from face_rec.access.audit import actor as actors
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action, AuditEntry, AuditStore, Refusals, entry_of
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)


class AuditLog:
    """The audit log. Safe to call from any thread.

    What cannot be written to the store is written to the application's log instead: the thing
    itself has happened already.
    """

    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def record(
        self,
        action: Action,
        target: str = "",
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        actor: Actor | None = None,
        *,
        about: str = "",
        must: bool = False,
        once: str = "",
    ) -> None:
        """Note that ``actor`` (else whoever acts now) did ``action``; never raises, but
        StoreError where it ``must`` be noted, because it is tried again.

        ``about``: the subject of the person that this tells of, if of any: the details are
        then gone when the person is erased. ``once``: a name of what was done, where the same may
        be noted again after the app was cut off.
        """
        who = actor or actors.current()
        entry = entry_of(
            self._clock.now(), who, action, target, before=before or {}, after=after or {}
        )
        try:
            self._store.append(entry, about, once)
        except StoreError as error:
            log.error("audit_not_stored entry=%r error=%s", _loggable(entry, about), error)
            if must:
                raise

    def alias(self, subject: str) -> str:
        """The name under which the log knows a person; never raises."""
        try:
            return self._store.alias(subject)
        except StoreError:
            return ""

    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        """Up to ``count`` entries older than ``before``, newest first."""
        return self._store.newest(count, before)

    def refused(self, count: int) -> list[AuditEntry]:
        """Up to ``count`` tries that were refused, newest first."""
        return self._store.refused(count)

    def refusals(self) -> list[Refusals]:
        """How many there were of each kind and day, newest first."""
        return self._store.refusals()


def _loggable(entry: AuditEntry, about: str) -> AuditEntry:
    """The application's log cannot forget: nothing in it tells who somebody is."""
    return replace(entry, target="", before={}, after={}) if about else entry
