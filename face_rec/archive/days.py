"""Archived days, for whoever reads a day that has left Redis."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from face_rec.archive.database import ArchiveDatabase
from face_rec.archive.tables.schema import events, people, rules
from face_rec.domain.marks import MARK_KINDS


class PostgresDays:
    """An ``ArchivedDays``. Safe from any thread."""

    def __init__(self, database: ArchiveDatabase, site: str) -> None:
        self._database = database
        self._site = site

    def entries(self, utc_day: date) -> list[bytes]:
        query = sa.select(events.c.entry).where(events.c.site == self._site)
        query = query.where(events.c.day == utc_day).order_by(events.c.place)
        return [bytes(row.entry) for row in self._database.rows(query)]

    def forget(self, subject: str) -> int:
        with self._database.begin() as connection:
            return sum(
                connection.execute(
                    sa.delete(table).where(table.c.site == self._site, table.c.subject == subject)
                ).rowcount
                for table in (people, rules)
            )

    def close(self) -> None:
        self._database.close()

    def days_of(self, subject: str) -> Sequence[date]:
        kinds = [kind.value for kind in MARK_KINDS]
        query = sa.select(events.c.day).distinct().order_by(events.c.day)
        query = query.where(events.c.site == self._site, events.c.subject == subject)
        return [row.day for row in self._database.rows(query.where(events.c.kind.in_(kinds)))]
