"""One pass over a site: every list that has grown is copied, and what it speaks of."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from face_rec.archive.copying.belonging import Belonging
from face_rec.archive.copying.lists import Copied, Cursor, ListCopier
from face_rec.archive.copying.record_copier import RecordCopier
from face_rec.archive.tables import partitions
from face_rec.archive.tables.schema import sites
from face_rec.clock import Clock
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.chain.links import Stream, name_of

log = logging.getLogger(__name__)

_LOOKED_FOR: Final = 600.0
"""Seconds between two looks for days that a wrong clock has laid elsewhere."""
_NOTED: Final = 5.0  # seconds between two notes that all is here, while nothing comes
_AGAIN: Final = 60.0  # seconds between two looks at a list that does not go on
_BACK: Final = 400  # days that may begin a list at any time, by a mark that a manager adds
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to. ``entries`` copied; ``problem``: what could not be."""

    entries: int = 0
    problem: str = ""


class Copier:
    """For one thread, which holds the lease of the site and its connection."""

    def __init__(
        self, source: ArchiveSource, lists: ListCopier, records: RecordCopier,
        belonging: Belonging, clock: Clock,
    ) -> None:  # fmt: skip
        self.lacking = ""
        """Which days have left Redis and are not here."""
        self._source = source
        self._lists = lists
        self._records = records
        self._belonging = belonging
        self._clock = clock
        self._cursors: dict[str, Cursor] | None = None
        self._days: set[date] = set()
        self._months: set[str] = set()
        self._looked_at = self._noted_at = float("-inf")
        self._problem = ""
        self._parted: dict[str, float] = {}

    def begin(self) -> None:
        """Somebody else may have copied since, or another database answer: all that is known is
        asked anew."""
        self._cursors = None
        self._months.clear()
        self._looked_at = self._noted_at = float("-inf")

    def run(self, connection: sa.Connection, going: Callable[[], bool] = lambda: True) -> Pass:
        """Copy until nothing is left, or not ``going``. Raises StoreUnavailable, and StoreError
        where the archive is not this site's."""
        began = self._clock.now()
        if self._cursors is None or self._look_due():
            self._cursors = self._look(connection)
        copied = 0
        for stream in self._grown(self._cursors):
            copied += self._list(connection, self._cursors, stream, going)
            if not going():
                return Pass(copied)
        problem = " ".join(filter(None, (_problem(self._cursors), self.lacking)))
        due = self._clock.monotonic() - self._noted_at >= _NOTED
        if copied or due or problem != self._problem:
            self._complete(connection, began, problem)
        return Pass(copied, problem)

    def _look_due(self) -> bool:
        return self._clock.monotonic() - self._looked_at >= _LOOKED_FOR

    def _look(self, connection: sa.Connection) -> dict[str, Cursor]:
        """Whose archive this is, how far it is, and which days there are: what a wrong clock has
        laid elsewhere is found by a look at all keys, now and then."""
        with connection.begin():
            cursors = self._lists.cursors(connection)
            self._belonging.refuse_stranger(connection, cursors)
        self.lacking = self._belonging.lacking(cursors)
        self._days = self._source.days()
        self._days |= {d for name in cursors if (d := _day(name)) is not None}
        self._looked_at = self._clock.monotonic()
        return cursors

    def _grown(self, cursors: dict[str, Cursor]) -> list[Stream]:
        streams = self._streams()
        lengths = self._source.lengths(streams)
        return [
            stream
            for stream, length in zip(streams, lengths, strict=True)
            if self._wanted(name_of(stream), cursors.get(name_of(stream), Cursor()), length)
        ]

    def _wanted(self, name: str, cursor: Cursor, length: int) -> bool:
        """A list that is gone altogether is nobody's to copy: it left Redis, or Redis was emptied.
        One that does not go on from what is here is read as a whole, so not every second."""
        if not length:
            return False
        if not cursor.problem:
            return length != cursor.length
        now = self._clock.monotonic()
        if now < self._parted.get(name, float("-inf")):
            return False
        self._parted[name] = now + _AGAIN
        return True

    def _streams(self) -> Sequence[Stream]:
        """The lists that may have grown: the chain's, every day that is known, and those of a
        year. People first: whoever has a mark here is here too."""
        today = self._clock.now().date()
        self._days |= {today + (1 - number) * _DAY for number in range(_BACK)}
        return [*STREAMS, *sorted(self._days)]

    def _list(
        self,
        connection: sa.Connection,
        cursors: dict[str, Cursor],
        stream: Stream,
        going: Callable[[], bool],
    ) -> int:
        total = 0
        while going():
            if isinstance(stream, date):
                self._partition(connection, stream)
            with connection.begin():
                done = self._lists.step(connection, stream, self._clock.now())
                self._follow(connection, stream, done)
                known = self._lists.cursor(connection, stream)
            cursors[name_of(stream)] = known
            total += len(done.entries)
            if done.problem and done.problem != self._problem:
                log.error("archive_parted list=%s problem=%s", name_of(stream), done.problem)
            if not done.more:
                break
        return total

    def _follow(self, connection: sa.Connection, stream: Stream, done: Copied) -> None:
        if isinstance(stream, date):
            return
        if done.anew:
            self._records.anew(connection, stream)
        elif done.problem:
            self._records.without(connection, stream, done.instead)
        else:
            self._records.follow(connection, stream, done.entries)

    def _partition(self, connection: sa.Connection, day: date) -> None:
        for one in (day, *partitions.ahead(self._clock.now().date())):
            if (name := partitions.of_day(one)) not in self._months:
                with connection.begin():
                    partitions.make(connection, one)
                self._months.add(name)

    def _complete(self, connection: sa.Connection, began: datetime, problem: str) -> None:
        values = {
            "site": self._source.site, "complete_at": began, "problem": problem,
            "epoch": self._source.epoch(),
        }  # fmt: skip
        with connection.begin():
            connection.execute(
                insert(sites).on_conflict_do_update(index_elements=["site"], set_=values), values
            )
        self._noted_at, self._problem = self._clock.monotonic(), problem


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _problem(cursors: dict[str, Cursor]) -> str:
    wrong = sorted(name for name, cursor in cursors.items() if cursor.problem)
    if not wrong:
        return ""
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return f"{', '.join(wrong[:3])}{more}: {cursors[wrong[0]].problem}"
