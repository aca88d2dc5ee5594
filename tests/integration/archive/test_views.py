"""What tools of others read: the marks that stand, as the app has them, and nothing beside."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from face_rec.attendance.marks.effective_marks import entries
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source
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
