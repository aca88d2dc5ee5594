"""What the lists of people, rules and the audit log speak of, brought to what it is now.

A list says which records changed. Each is read anew from Redis and written, or removed: so what is
erased there is erased here, also where this was away meanwhile, for the cursor waits.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from face_rec.archive import rows
from face_rec.archive.tables.schema import audit, people, rules
from face_rec.attendance.rules.rules import KINDS
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.ledger import AUDIT, PEOPLE, RULES
from face_rec.stores.chain.statements import statements_of

_AT_ONCE: Final = 500


class RecordCopier:
    """Copies the records of one site. For whoever holds a transaction in which the list's cursor
    is held, so that nobody writes what somebody else has read before."""

    def __init__(self, source: ArchiveSource, reader: PeopleReader) -> None:
        self._source = source
        self._site = source.site
        self._reader = reader
        self._steps = {PEOPLE: self._people, RULES: self._rules, AUDIT: self._audit}

    def follow(self, connection: sa.Connection, stream: str, entries: Iterable[bytes]) -> None:
        """Bring what these entries of ``stream`` name up to date."""
        step = self._steps.get(stream)
        said = [*statements_of(entries)]
        if step is None or not said:
            return
        last = {name: digest for one in said for name, digest in one.states.items()}
        also = {name for one in said for name in one.touched}
        names = sorted(last.keys() | also)
        for start in range(0, len(names), _AT_ONCE):
            step(connection, {name: last.get(name) for name in names[start : start + _AT_ONCE]})

    def anew(self, connection: sa.Connection, stream: str) -> None:
        """Remove all records of ``stream``, whose list is read again from where it differs, and
        write all that are there."""
        tables = {PEOPLE: people, RULES: rules, AUDIT: audit}
        if stream not in tables:
            return
        table = tables[stream]
        connection.execute(sa.delete(table).where(table.c.site == self._site))
        everything = (raw for raw in self._source.entries(stream))
        self.follow(connection, stream, everything)

    def without(self, connection: sa.Connection, stream: str, entries: Iterable[bytes]) -> None:
        """Remove what these entries of ``stream`` say is gone, and nothing else: their list does
        not fit what is archived, and who was erased is erased here all the same."""
        said = [*statements_of(entries)]
        last = {name: state for one in said for name, state in one.states.items()}
        gone = sorted(name for name, state in last.items() if state is None)
        for start in range(0, len(gone), _AT_ONCE):
            some = gone[start : start + _AT_ONCE]
            if stream == PEOPLE:  # and not of what somebody has, such as ``subject/pin``
                self._remove(connection, people, people.c.subject.in_(some))
            elif stream == RULES:
                self._remove(connection, rules, _which(some))
            elif stream == AUDIT:
                self._remove(connection, audit, audit.c.name.in_(some))

    def _people(self, connection: sa.Connection, said: dict[str, str | None]) -> None:
        """A name may be of what somebody has, such as ``subject/pin``."""
        subjects = sorted({name.partition("/")[0] for name in said})
        found = self._reader.many(subjects)
        self._remove(connection, people, people.c.subject.in_(subjects))
        made = [rows.person(self._site, one) for one in found.values()]
        self._write(connection, people, made)

    def _rules(self, connection: sa.Connection, said: dict[str, str | None]) -> None:
        known = {kind.name for kind in KINDS}
        names = [name for name in said if name.partition("/")[0] in known]
        found = self._source.rules(names)
        self._remove(connection, rules, _which(names))
        made = [rows.rule(self._site, name, text) for name, text in found.items() if text]
        self._write(connection, rules, made)

    def _audit(self, connection: sa.Connection, said: dict[str, str | None]) -> None:
        """An entry of the log is never changed; one that told of somebody erased may go."""
        gone = [name for name, state in said.items() if state is None]
        if gone:
            self._remove(connection, audit, audit.c.name.in_(gone))
        new = [
            rows.audit(self._site, number, text)
            for number, text in self._source.audit(after=self._newest(connection))
        ]
        for start in range(0, len(new), _AT_ONCE):
            self._write(connection, audit, new[start : start + _AT_ONCE])

    def _newest(self, connection: sa.Connection) -> str:
        query = sa.select(audit.c.at_ms, audit.c.number).where(audit.c.site == self._site)
        query = query.order_by(audit.c.at_ms.desc(), audit.c.number.desc()).limit(1)
        row = connection.execute(query).first()
        return f"{row.at_ms}-{row.number}" if row else ""

    def _remove(
        self, connection: sa.Connection, table: sa.Table, *which: sa.ColumnElement[bool]
    ) -> None:
        connection.execute(sa.delete(table).where(table.c.site == self._site, *which))

    def _write(
        self, connection: sa.Connection, table: sa.Table, made: Sequence[dict[str, Any]]
    ) -> None:
        if made:
            connection.execute(insert(table).on_conflict_do_nothing(), list(made))


def _which(names: Sequence[str]) -> sa.ColumnElement[bool]:
    """The rules that the chain calls so."""
    keys = [rows.rule_key(name) for name in names]
    return sa.tuple_(rules.c.kind, rules.c.rule_id).in_(keys)
