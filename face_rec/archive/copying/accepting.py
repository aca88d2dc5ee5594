"""Goes on with what Redis holds where a list does not fit what was archived: after a backup was
put back, say, which lacks what came since. Somebody has to say so: the archive may have more."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from face_rec.archive.copying.belonging import Belonging
from face_rec.archive.copying.lists import ListCopier
from face_rec.archive.copying.record_copier import RecordCopier
from face_rec.archive.database import ArchiveDatabase
from face_rec.clock import Clock
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.chain.links import Stream, name_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which lists go on from what Redis holds, and how many entries that it has not were put
    aside."""

    lists: tuple[str, ...] = ()
    aside: int = 0


class Accepting:
    """Of one site; whoever copies may do so beside it, for each list's cursor is held."""

    def __init__(
        self, database: ArchiveDatabase, source: ArchiveSource, lists: ListCopier,
        records: RecordCopier, *, belonging: Belonging, clock: Clock,
    ) -> None:  # fmt: skip
        self._database = database
        self._source = source
        self._lists = lists
        self._records = records
        self._belonging = belonging
        self._clock = clock

    def run(self) -> Accepted:
        """Raises StoreError where the archive is not this site's at all. Lists that Redis has not
        stay as they are: those of days that have left, and of days that a backup lacks."""
        found, aside = [], 0
        with self._database.connect() as connection:
            with connection.begin():
                cursors = self._lists.cursors(connection)
                self._belonging.refuse_stranger(connection, cursors)
            streams: list[Stream] = [*STREAMS, *sorted(self._source.days())]
            for stream in streams:
                with connection.begin():
                    count = self._accept(connection, stream)
                if count is not None:
                    found.append(name_of(stream))
                    aside += count
        return Accepted(tuple(found), aside)

    def _accept(self, connection: sa.Connection, stream: Stream) -> int | None:
        count = self._lists.accept(connection, stream, self._clock.now())
        if count is not None and not isinstance(stream, date):
            self._records.anew(connection, stream)
        return count
