"""Puts a site back into an empty Redis from the archive alone.

What the archive has not, nobody gets back from it: templates and photos (people are registered,
and must be photographed again), accounts, kiosks' devices, tokens, what was chosen about the site,
heartbeats, and the keys by which the audit log tells of people.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from face_rec.archive.database import ArchiveDatabase
from face_rec.archive.tables.schema import audit, events, people, rules, statements
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.people import Person
from face_rec.languages.sentence import sentence
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.backup.records_reader import parts
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.links import head_value
from face_rec.stores.left.left_days import ids_of, last_of
from face_rec.stores.left.left_note import note_of
from face_rec.stores.people import person_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys

_NAME: Final = "the archive"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. ``gone``: accounts, devices … of which the chain knew."""

    days: int
    events: int
    people: int
    rules: int
    gone: int


class ArchiveRestore:
    """Of one site. ``target`` writes it; ``days``: how many stay in Redis, 0: all of them."""

    def __init__(
        self, database: ArchiveDatabase, target: SiteRestore, people: RedisPeople,
        *, rules: RedisRules, administration: Ledger, clock: Clock, site: str, days: int,
    ) -> None:  # fmt: skip
        self._database = database
        self._target = target
        self._people = people
        self._kept_rules = rules
        self._administration = administration
        self._clock = clock
        self._site = site
        self._days = days

    def run(self, noticed: Callable[[], None]) -> Restored:
        """``noticed`` returns when apps that run know of it. Raises NotEmpty where the site holds
        anything; cut short, it can be repeated."""
        all_days = self._all_days()
        if not all_days and not self._count(people):
            raise StoreError(
                sentence(
                    "The archive holds nothing of the site {site}. Set SITE to the name that it "
                    "was filled under, or ARCHIVE_URL to another archive.",
                    site=repr(self._site),
                )
            )
        self._target.refuse_unless_empty(_NAME)
        self._target.begin(_NAME, noticed)
        gone: list[str] = []

        def anew() -> None:  # as long as this lasts, the restore can be repeated
            self._registered()
            self._unwatched()
            gone.extend(self._disowned())

        self._target.write(self._records(all_days), _NAME, more=anew)
        counted = sum(all_days.values())
        return Restored(len(all_days), counted, self._count(people), self._count(rules), len(gone))

    # --- what is written as it was

    def _records(self, all_days: Mapping[date, int]) -> Iterator[Record]:
        before = self._clock.now().date() - timedelta(days=self._days)
        for day in all_days:
            yield from self._day(day, away=bool(self._days) and day < before)
        query = sa.select(statements.c.list).distinct().where(statements.c.site == self._site)
        for row in self._database.rows(query):
            yield from self._list(row.list)
        yield from self._rules()
        yield from self._audit()

    def _day(self, day: date, *, away: bool) -> Iterator[Record]:
        entries = self._entries(events, events.c.day == day)
        head = head_value(entries)
        if away and head:
            note = note_of(head, entries).value
            yield Record(keys.left(self._site, day), "string", ((note,),))
            return
        yield from parts(keys.attendance(self._site, day), "list", [(one,) for one in entries])
        ids = [(one.encode(),) for one in ids_of(entries)]
        yield from parts(keys.seen(self._site, day), "set", ids)
        last = [(field.encode(), text.encode()) for field, text in last_of(entries)]
        yield from parts(keys.last(self._site, day), "hash", last)
        if head:
            yield Record(keys.head(self._site, day), "string", ((head,),))

    def _list(self, name: str) -> Iterator[Record]:
        entries = self._entries(statements, statements.c.list == name)
        yield from parts(keys.chain(self._site, name), "list", [(one,) for one in entries])
        yield Record(keys.chain_head(self._site, name), "string", ((head_value(entries),),))

    def _rules(self) -> Iterator[Record]:
        by_kind: dict[str, list[tuple[bytes, ...]]] = {}
        for row in self._rows(rules):
            by_kind.setdefault(row.kind, []).append((row.rule_id.encode(), bytes(row.entry)))
        for kind, items in by_kind.items():
            yield from parts(keys.rule(self._site, kind), "hash", items)
        version = ((keys.VERSION.encode(), b"1"),)
        yield Record(keys.rules(self._site), "hash", version)

    def _audit(self) -> Iterator[Record]:
        query = sa.select(audit).where(audit.c.site == self._site)
        found = self._database.rows(query.order_by(audit.c.at_ms, audit.c.number))
        items = [
            (f"{row.at_ms}-{row.number}".encode(), b"entry", bytes(row.entry)) for row in found
        ]
        yield from parts(access_keys.audit(self._site), "stream", items)

    # --- what is written anew

    def _registered(self) -> None:
        """People, with a proof of what they are now: without templates they are not what the chain
        last said of them."""
        self._target.forget_people()
        for row in self._rows(people):
            self._people.create(_person(row), (), self._people.revision())

    def _unwatched(self) -> None:
        """Kiosks are watched from their next heartbeat on: of those before none is left, and
        whoever was absent would be excused by kiosks that were down all the time."""
        watched = [one for one in self._kept_rules.kiosks() if one.watched_from is not None]
        if watched:
            self._kept_rules.put(*(replace(one, watched_from=None) for one in watched))

    def _disowned(self) -> list[str]:
        """Say of accounts, devices … that they are gone; which there were."""
        alive: dict[str, str | None] = {}
        for statement in self._administration.statements():
            alive |= statement.states
        names = [name for name, state in alive.items() if state is not None]
        for start in range(0, len(names), _AT_ONCE):
            self._administration.write(dict.fromkeys(names[start : start + _AT_ONCE]))
        return names

    # --- the archive

    def _all_days(self) -> dict[date, int]:
        query = sa.select(events.c.day, sa.func.count().label("entries"))
        query = query.where(events.c.site == self._site).group_by(events.c.day)
        return {row.day: row.entries for row in self._database.rows(query.order_by(events.c.day))}

    def _entries(self, table: sa.Table, which: sa.ColumnElement[bool]) -> list[bytes]:
        query = sa.select(table.c.entry).where(table.c.site == self._site, which)
        return [bytes(row.entry) for row in self._database.rows(query.order_by(table.c.place))]

    def _rows(self, table: sa.Table) -> Any:  # noqa: ANN401
        return self._database.rows(sa.select(table).where(table.c.site == self._site))

    def _count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.site == self._site)
        return int(self._database.rows(query)[0][0])


def _person(row: Any) -> Person:  # noqa: ANN401
    """As the archive has them. Raises StoreError for a record that no version wrote."""
    fields = {
        keys.VERSION: b"0", keys.ID: row.person_id.encode(), keys.ABOUT: row.about.encode(),
        keys.TEMPLATES: b"[]",
    }  # fmt: skip
    try:
        found = person_codec.person_of(row.subject, fields)
    except ValueError as error:
        raise StoreError(
            sentence("The archive's record of {subject} cannot be read.", subject=row.subject)
        ) from error
    if found is None:
        raise StoreError(
            sentence("The archive's record of {subject} cannot be read.", subject=row.subject)
        )
    return found
