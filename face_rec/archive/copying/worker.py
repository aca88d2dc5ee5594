"""The thread that keeps the archive up to date, one in all processes of a site."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from face_rec.archive.archive_status import ArchiveStatus
from face_rec.archive.copying.copier import Copier
from face_rec.archive.database import ArchiveDatabase, archive_errors, lock_of
from face_rec.archive.tables import upgrade
from face_rec.archive.tables.schema import sites
from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)

EVERY: Final = 1.0
"""Seconds between two passes."""
_LEAVING: Final = 3600.0
"""Seconds between two looks for days that may leave Redis."""
_JUDGING: Final = 60.0  # seconds between two looks for days that rules or marks have changed
_NOT_OURS: Final = 5.0  # seconds until a process that does not copy asks again


class ArchiveWorker:
    """Copies while it holds the lease of the site, and asks how far another is while it does not.

    The lease is a lock of the database's session, so that it ends with whoever held it.
    """

    def __init__(
        self, database: ArchiveDatabase, copier: Copier, site: str, clock: Clock,
        *, every: float = EVERY, leave: Callable[[], int] = int,
        judge: Callable[[sa.Connection], int] = lambda _: 0,
        shared: Callable[[sa.Connection], str] = lambda _: "",
    ) -> None:  # fmt: skip
        """``leave``: takes days out of Redis that may go, and says how many; asked every hour.
        ``judge``: writes what rules make of days, some at a time; what is left to do. ``shared``:
        why who copies instead of this one is none of this site, or ""."""
        self._database = database
        self._copier = copier
        self._site = site
        self._clock = clock
        self._every = every
        self._leave = leave
        self._judge = judge
        self._shared = shared
        self._leave_at = self._judge_at = float("-inf")
        self._status = ArchiveStatus()
        self._thread = Background("archive", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End after the transaction that is under way."""
        self._thread.stop(10)
        self._database.close()

    def status(self) -> ArchiveStatus:
        return self._status

    def _run(self) -> None:
        stopping = self._thread.stopping
        while not stopping.is_set():
            try:
                self._serve()
            except StoreError as error:  # Redis or the archive is away, or refuses
                self._failed(error.said)
            stopping.wait(_NOT_OURS)

    def _failed(self, problem: str) -> None:
        if problem != self._status.problem:
            log.warning("archive_waits reason=%s", problem)
        self._status = replace(self._status, problem=problem)

    def _serve(self) -> None:
        with self._database.connect() as connection:
            if not self._leased(connection):
                self._watch(connection)
                return
            self._copier.begin()
            try:
                while not self._thread.stopping.is_set():
                    self.step(connection)
                    self._leave_now_and_then()
                    self._judge_now_and_then(connection)
                    self._thread.stopping.wait(self._every)
            finally:
                # The connection goes back into a pool: a lock would go with it.
                connection.invalidate()

    def step(self, connection: sa.Connection) -> None:
        """One pass. Raises StoreError; SchemaNewer once a later version, which may run beside this
        one, has changed the tables: it is that one's turn to copy."""
        began = self._clock.now()
        with archive_errors():
            with connection.begin():
                upgrade.refuse_later(connection)
            done = self._copier.run(connection, lambda: not self._thread.stopping.is_set())
        before = self._status
        if before.problem:
            log.info("archive_goes_on")
        complete = began if not self._thread.stopping.is_set() else before.complete_at
        self._status = ArchiveStatus(complete, parted=done.problem)

    def _leave_now_and_then(self) -> None:
        if self._clock.monotonic() < self._leave_at:
            return
        gone = self._leave()
        self._leave_at = self._clock.monotonic() + (self._every if gone else _LEAVING)

    def _judge_now_and_then(self, connection: sa.Connection) -> None:
        if self._clock.monotonic() < self._judge_at:
            return
        with archive_errors():
            left = self._judge(connection)
        self._judge_at = self._clock.monotonic() + (self._every if left else _JUDGING)

    def _leased(self, connection: sa.Connection) -> bool:
        with connection.begin():
            query = sa.select(sa.func.pg_try_advisory_lock(lock_of(self._site)))
            return bool(connection.execute(query).scalar())

    def _watch(self, connection: sa.Connection) -> None:
        """Another process copies: how far it is."""
        with connection.begin():
            noted, problem = noted_status(connection, self._site), self._shared(connection)
        if problem:
            raise StoreError(problem)
        self._status = noted


def noted_status(connection: sa.Connection, site: str) -> ArchiveStatus:
    """How far whoever copies ``site`` says that it is."""
    query = sa.select(sites.c.complete_at, sites.c.problem).where(sites.c.site == site)
    row = connection.execute(query).first()
    return ArchiveStatus(row.complete_at, parted=row.problem) if row else ArchiveStatus()
