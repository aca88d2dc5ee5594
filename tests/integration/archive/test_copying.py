"""What Redis holds is in PostgreSQL within seconds, row for row."""

from dataclasses import replace
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from face_rec.archive.tables.schema import metadata
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.chain.links import Stream
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.archive.site import DAY, Site


def _rows(at: Site, query: str) -> list[tuple[Any, ...]]:
    with at.archive.database.begin() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def _same(at: Site) -> None:
    """Every list of Redis is in the archive, byte by byte."""
    source = at.archive.worker._copier._source
    streams: list[Stream] = [*STREAMS, *sorted(source.days())]
    for stream in streams:
        with at.archive.database.begin() as connection:
            here = at.archive.worker._copier._lists.here(connection, stream)
        assert here == source.entries(stream), stream


def test_marks_people_rules_and_the_audit_log_are_copied(at: Site) -> None:
    ada, bob = at.register("7", "Ada \x00 Ünï"), at.register("8", "Bob")
    for number in range(3):
        at.mark(f"e{number}", ada.subject, number * 3600)
    at.stores.writers.rules.put(Holiday("h", DAY, "Founders' day"))
    at.stores.writers.rules.put(Leave("ill", bob.subject, DAY, DAY, "sick", author="boss"))
    at.copy()
    _same(at)
    assert _rows(at, "SELECT place, event_id, subject FROM archive.events ORDER BY place") == [
        (number, f"e{number}", ada.subject) for number in range(3)
    ]
    people = _rows(at, "SELECT person_id, name, group_name FROM archive.people ORDER BY person_id")
    assert people == [("7", "Ada � Ünï", "Office"), ("8", "Bob", "Office")]
    rules = _rows(at, "SELECT kind, rule_id, subject FROM archive.rules ORDER BY kind")
    assert rules == [("holidays", "h", None), ("leaves", "ill", bob.subject)]
    newest = at.stores.access.audit.newest(100)
    assert _rows(at, "SELECT count(*) FROM archive.audit") == [(len(newest),)]
    assert at.archive.worker.status().lag(at.clock.now()) is not None


def test_who_is_erased_or_changed_is_so_in_the_archive(at: Site) -> None:
    ada, bob = at.register("7", "Ada"), at.register("8", "Bob")
    at.stores.writers.rules.put(Leave("ill", bob.subject, DAY, DAY, "sick", author="boss"))
    at.copy()
    at.stores.writers.people.update(replace(ada, name="Ada Lovelace"))
    at.stores.writers.rules.remove(Leave("ill", bob.subject, DAY, DAY, "sick", author="boss"))
    at.stores.writers.people.delete(bob.subject)
    at.copy()
    assert _rows(at, "SELECT name FROM archive.people") == [("Ada Lovelace",)]
    assert _rows(at, "SELECT * FROM archive.rules") == []
    _same(at)


def test_many_marks_of_several_days_come_by_copy_and_end_the_same(at: Site) -> None:
    for number in range(700):
        at.mark(f"a{number}", f"s{number % 7}", number)
    at.mark("much later", "s1", 40 * 86_400)
    at.copy()
    _same(at)
    parts = _rows(at, "SELECT count(DISTINCT tableoid), count(*) FROM archive.events")
    assert parts == [(2, 701)]


def test_an_entry_that_is_no_event_and_texts_that_postgresql_does_not_take_are_kept(
    at: Site, redis_client: Client
) -> None:
    key = "attendance:{main|2025-03-12}"
    redis_client.rpush(key, b'{"id":"\\u0000","at":"\xff', b"\x00\xff")
    at.copy()
    _same(at)


def test_a_list_whose_end_came_back_in_another_order_is_copied_anew_and_the_old_end_kept(
    at: Site, redis_client: Client
) -> None:
    for number in range(3):
        at.mark(f"e{number}", "s1", number * 3600)
    at.copy()
    key = f"attendance:{{main|{MORNING.date()}}}"
    first, second, third = redis_client.lrange(key, 0, -1)
    redis_client.delete(key)
    redis_client.rpush(key, first, third, second)
    at.mark("new", "s2", 60)
    at.copy()
    _same(at)
    assert _rows(at, "SELECT place FROM archive.replaced ORDER BY place") == [(1,), (2,)]


def test_what_redis_has_lost_stays_in_the_archive_and_is_said(
    at: Site, redis_client: Client
) -> None:
    for number in range(3):
        at.mark(f"e{number}", "s1", number * 3600)
    at.copy()
    redis_client.ltrim(f"attendance:{{main|{MORNING.date()}}}", 0, 0)
    at.copy()
    assert _rows(at, "SELECT count(*) FROM archive.events") == [(3,)]
    status = at.archive.worker.status()
    assert "Redis lacks 2 of the 3 entries" in status.parted


def test_the_migrations_make_the_tables_that_the_code_names(
    at: Site,
) -> None:
    with at.archive.database.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "include_name": _ours}
        )
        differences = compare_metadata(context, metadata)
    assert [one for one in differences if "alembic_version" not in str(one)] == []


def _ours(name: str | None, kind: str, _: object) -> bool:
    if kind == "schema":
        return name == "archive"
    return kind != "table" or not str(name).startswith("events_")
