"""What tools of others read: the marks that stand, as the app has them, and nothing beside."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from face_rec.archive import rows
from face_rec.archive.database import ArchiveDatabase
from face_rec.archive.tables import partitions, upgrade
from face_rec.attendance.marks.effective_marks import entries
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source, Whereabouts
from face_rec.stores.attendance import event_codec
from tests.fakes.clock import MORNING
from tests.integration.archive.site import Site
from tests.postgres_server import Postgres
from tests.samples import an_event, events_between

KINDS = (EventKind.PUNCH, EventKind.IN, EventKind.OUT, EventKind.HELD)


def _events(seed: int) -> list[Event]:
    """Marks, and corrections of them in any order."""
    chance = random.Random(seed)
    marks = [an_event(f"m{n}", f"s{n % 3}", n * 60, chance.choice(KINDS)) for n in range(12)]
    found: list[Event] = list(marks)
    for number in range(30):
        kind = chance.choice(list(CORRECTION_KINDS))
        made = MORNING + timedelta(seconds=chance.randint(0, 20))
        becomes = chance.choice(KINDS) if kind is EventKind.RETYPE else None
        mark = chance.choice(marks)
        found.append(
            replace(
                mark, id=f"c{number}", kind=kind, source=Source.MANUAL, target=mark.id,
                becomes=becomes, recorded_at=made, author="boss",
            )
        )  # fmt: skip
    return found


def test_the_view_of_marks_says_what_stands_as_the_app_does(at: Site) -> None:
    for day in range(6):
        for event in _events(day):
            moved = replace(
                event, id=f"{day}{event.id}", at=event.at + timedelta(days=day),
                target=event.target and f"{day}{event.target}",
            )  # fmt: skip
            at.stores.writers.offered.apply(moved, 0.0, replay=True)
    at.copy()
    between = events_between(at.stores.attendance, MORNING, MORNING + timedelta(days=6))
    wanted = sorted(
        (one.event.id, one.kind.value, one.voided, one.disputed) for one in entries(between).marks
    )
    query = "SELECT event_id, kind, voided, disputed FROM attendance.marks"
    with at.archive.database.begin() as connection:
        assert sorted(tuple(row) for row in connection.exec_driver_sql(query)) == wanted
    assert len(wanted) > 40


def test_who_may_read_the_views_reads_nothing_else(
    at: Site, postgres: Postgres, archive_url: str
) -> None:
    ada = at.register("7", "Ada")
    at.mark("e1", ada.subject)
    at.copy()
    database = archive_url.rpartition("/")[2]
    postgres.ask("DROP ROLE IF EXISTS metabase")
    postgres.ask("CREATE ROLE metabase LOGIN IN ROLE attendance_reader")

    def ask(query: str) -> list[tuple[Any, ...]]:
        return postgres.ask(query, database, "metabase")

    assert ask("SELECT person_id, name, kind FROM attendance.marks") == [("7", "Ada", "punch")]
    assert ask("SELECT name FROM attendance.people") == [("Ada",)]
    for query in ("TABLE archive.events", "TABLE archive.people", "DELETE FROM attendance.people"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(query)


def _by_phone(event_id: str, place: str, metres: int) -> Event:
    event = an_event(event_id, "s1")
    where = Whereabouts(place, metres, 12)
    return replace(event, source=Source.MOBILE, kiosk="", score=None, where=where)


_NEW = {"at_place", "distance_m", "accuracy_m"}
_WHERE = "SELECT event_id, place, distance_m, accuracy_m FROM attendance.marks ORDER BY event_id"


def test_a_mark_by_a_phone_says_where_and_others_nothing(at: Site) -> None:
    for one in (_by_phone("p1", "Gate\0 \ud800", 34), _by_phone("p2", "Gate", 10**20)):
        at.stores.writers.offered.apply(one, 0.0, replay=True)
    at.mark("e1")
    at.copy()
    with at.archive.database.begin() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(_WHERE)]
    assert found == [
        ("e1", None, None, None), ("p1", "Gate\ufffd ?", 34, 12), ("p2", "Gate", None, 12),
    ]  # fmt: skip
    assert at.archive.verify.run().differences == ()


def test_marks_that_were_archived_before_get_their_place_from_their_entries(
    archive_url: str,
) -> None:
    """As the version before has left its tables; many, so that they take several rounds."""
    engine = sa.create_engine(archive_url)
    count, day = 1003, MORNING.date()
    events = [*(_by_phone(f"p{n:04}", "Gate", n) for n in range(count)), an_event("q")]
    entries = [event_codec.encode(one) for one in events]
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA archive"))
        command.upgrade(upgrade._config(connection), "judged")
        partitions.make(connection, day)
        names = [name for name in rows.EVENT_COLUMNS if name not in _NEW]
        made = [{name: row[name] for name in names} for row in rows.events("a", day, 0, entries)]
        before = sa.table("events", *map(sa.column, names), schema="archive")
        connection.execute(sa.insert(before), made)
    engine.dispose()
    database = ArchiveDatabase(archive_url)
    with database.begin() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(_WHERE)]
    database.close()
    assert found == [
        *((f"p{n:04}", "Gate", n, 12) for n in range(count)), ("q", None, None, None),
    ]  # fmt: skip
