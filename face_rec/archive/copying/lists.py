"""Copies one list: what has come to it since, behind what is there, and how far that is.

Rows and cursor are written in one transaction, which holds the cursor's row: whatever is killed
in the middle has done nothing, and two who copy do it one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from face_rec.archive import rows
from face_rec.archive.tables.schema import SCHEMA, events, lists, replaced, statements
from face_rec.languages.sentence import sentence
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.links import Stream, name_of

AT_ONCE: Final = 5000
"""Entries a transaction."""
_MANY: Final = 500
"""From so many on they go by COPY, which takes a tenth of the time."""
_COPY: Final = f"COPY {SCHEMA}.events ({', '.join(rows.EVENT_COLUMNS)}) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a list is copied; see :data:`~face_rec.archive.tables.schema.lists`."""

    length: int = 0
    last: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Copied:
    """What one step did: the ``entries`` that came; ``more``: another step has something to do;
    ``anew``: what was here of the list's end was set aside; ``problem``: why nothing was copied,
    and ``instead``: what Redis holds where the list does not go on from what is here."""

    entries: Sequence[bytes] = ()
    more: bool = False
    anew: bool = False
    problem: str = ""
    instead: Sequence[bytes] = ()


class ListCopier:
    """Copies the lists of one site. For whoever holds a transaction."""

    def __init__(self, source: ArchiveSource) -> None:
        self._source = source
        self._site = source.site

    def cursors(self, connection: sa.Connection) -> dict[str, Cursor]:
        """Of every list, by its name."""
        query = sa.select(lists.c.list, lists.c.length, lists.c.last, lists.c.problem)
        found = connection.execute(query.where(lists.c.site == self._site))
        return {row.list: Cursor(row.length, row.last, row.problem) for row in found}

    def step(self, connection: sa.Connection, stream: Stream, now: datetime) -> Copied:
        """Up to AT_ONCE entries more. ``now``: noted where the archive's end is replaced."""
        cursor = self._locked(connection, stream)
        before = cursor.length
        start = max(0, before - 1)
        found = self._source.part(stream, start, AT_ONCE + 1)
        if before and (not found or rows.digest(found[0]) != cursor.last):
            return self._parted(connection, stream, cursor, now)
        new = found[1:] if before else found[:AT_ONCE]
        if new:
            self._insert(connection, stream, before, new)
        if new or cursor.problem:
            last = rows.digest(new[-1]) if new else cursor.last
            self._note(connection, stream, Cursor(before + len(new), last))
        return Copied(new, more=len(new) == AT_ONCE)

    def accept(self, connection: sa.Connection, stream: Stream, now: datetime) -> int | None:
        """Put aside what is here from where it is not what Redis holds, for somebody has said that
        Redis counts; how many entries. None where all of it is there, and where Redis has none at
        all: a day may have left this moment."""
        self._locked(connection, stream)
        here, there = self.here(connection, stream), self._source.entries(stream)
        same = _alike(here, there)
        if not there or same == len(here):
            return None
        self._replace(connection, stream, here, same, now)
        return len(here) - same

    def _parted(
        self, connection: sa.Connection, stream: Stream, cursor: Cursor, now: datetime
    ) -> Copied:
        """The list does not go on from what was copied: Redis lost its end, and got back what was
        in it in another order. What is here is replaced only by a list that has all of it, and
        stays in ``replaced``; else nothing is touched, for this may be all that is left."""
        here, there = self.here(connection, stream), self._source.entries(stream)
        same = _alike(here, there)
        missing = names(here[same:]) - names(there[same:])
        if missing or len(there) < len(here):
            count = max(len(missing), len(here) - len(there))
            problem = sentence(
                "Redis lacks {number} of the {all} entries that were archived, from entry {entry} "
                "on. The archive keeps them; nothing of this list is copied. After a backup was "
                "put back: python -m face_rec archive accept.",
                number=count, all=len(here), entry=same + 1,
            )  # fmt: skip
            if problem != cursor.problem:
                self._note(connection, stream, Cursor(cursor.length, cursor.last, problem))
            return Copied(problem=problem, instead=there[same:])
        self._replace(connection, stream, here, same, now)
        return Copied(more=True, anew=True)

    # --- the tables

    def here(self, connection: sa.Connection, stream: Stream) -> list[bytes]:
        """The whole list, as it is archived."""
        table, mine = table_of(stream, self._site)
        query = sa.select(table.c.entry).where(*mine).order_by(table.c.place)
        return [bytes(entry) for entry in connection.execute(query).scalars()]

    def first(self, connection: sa.Connection, stream: Stream) -> bytes | None:
        """The list's first entry, as it is archived."""
        table, mine = table_of(stream, self._site)
        found = connection.execute(sa.select(table.c.entry).where(*mine, table.c.place == 0))
        entry = found.scalar()
        return None if entry is None else bytes(entry)

    def _locked(self, connection: sa.Connection, stream: Stream) -> Cursor:
        """The cursor, held until the transaction ends."""
        name = name_of(stream)
        connection.execute(
            insert(lists).on_conflict_do_nothing(),
            {"site": self._site, "list": name, "length": 0, "last": "", "problem": ""},
        )
        return self.cursor(connection, stream, lock=True)

    def cursor(self, connection: sa.Connection, stream: Stream, *, lock: bool = False) -> Cursor:
        """How far ``stream`` is copied; with ``lock`` nobody else copies it meanwhile."""
        query = sa.select(lists.c.length, lists.c.last, lists.c.problem)
        query = query.where(lists.c.site == self._site, lists.c.list == name_of(stream))
        row = connection.execute(query.with_for_update() if lock else query).first()
        return Cursor(row.length, row.last, row.problem) if row else Cursor()

    def _note(self, connection: sa.Connection, stream: Stream, cursor: Cursor) -> None:
        mine = (lists.c.site == self._site, lists.c.list == name_of(stream))
        values = {"length": cursor.length, "last": cursor.last, "problem": cursor.problem}
        connection.execute(sa.update(lists).where(*mine).values(values))

    def _insert(
        self, connection: sa.Connection, stream: Stream, first: int, entries: Sequence[bytes]
    ) -> None:
        if not isinstance(stream, date):
            made = [
                {"site": self._site, "list": stream, "place": place, "entry": entry}
                for place, entry in enumerate(entries, first)
            ]
            connection.execute(insert(statements).on_conflict_do_nothing(), made)
            return
        of_day = rows.events(self._site, stream, first, entries)
        if len(of_day) < _MANY:
            connection.execute(insert(events).on_conflict_do_nothing(), of_day)
            return
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in of_day:
                copy.write_row(tuple(row.values()))

    def _replace(
        self, connection: sa.Connection, stream: Stream, here: Sequence[bytes], same: int,
        now: datetime,
    ) -> None:  # fmt: skip
        """Copying goes on behind the ``same`` first entries; the others stay in ``replaced``."""
        table, mine = table_of(stream, self._site)
        tail = (*mine, table.c.place >= same)
        kept = sa.select(
            sa.literal(self._site), sa.literal(name_of(stream)), table.c.place, sa.literal(now),
            table.c.entry,
        ).where(*tail)  # fmt: skip
        columns = ["site", "list", "place", "replaced_at", "entry"]
        connection.execute(sa.insert(replaced).from_select(columns, kept))
        connection.execute(sa.delete(table).where(*tail))
        last = rows.digest(here[same - 1]) if same else ""
        self._note(connection, stream, Cursor(same, last))


def table_of(stream: Stream, site: str) -> tuple[sa.Table, tuple[sa.ColumnElement[bool], ...]]:
    """Where a list lies, and which rows of it are this list's."""
    if isinstance(stream, date):
        return events, (events.c.site == site, events.c.day == stream)
    return statements, (statements.c.site == site, statements.c.list == stream)


def names(entries: Sequence[bytes]) -> set[str]:
    """What the entries of a list are known by whatever their order: their ids."""
    return {rows.name_of_entry(entry) for entry in entries}


def _alike(here: Sequence[bytes], there: Sequence[bytes]) -> int:
    """How many entries are the same, from the first on."""
    pairs = enumerate(zip(here, there, strict=False))
    other = (place for place, (mine, its) in pairs if mine != its)
    return next(other, min(len(here), len(there)))
