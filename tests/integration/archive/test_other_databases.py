"""What answers at ARCHIVE_URL may be full, empty, of another version or of another site."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from face_rec.archive.archive_status import archive_check
from face_rec.archive.database import ArchiveDatabase
from face_rec.archive.tables import upgrade
from face_rec.domain.errors import ArchiveAway, SchemaNewer, StoreError
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.archive.site import Site, settings_of, site
from tests.postgres_server import Postgres
from tests.redis_servers import Server

WHEN = MORNING.date()


@pytest.fixture
def at(
    tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str
) -> Iterator[Site]:
    with site(settings_of(tmp_path, redis_server, archive_url, REDIS_DAYS="90")) as made:
        yield made


def test_an_empty_database_in_place_of_the_archive_is_filled_and_what_it_lacks_is_said(
    at: Site, postgres: Postgres, archive_url: str
) -> None:
    at.mark("old", "s1")
    at.mark("new", "s1", (at.clock.now().date() - WHEN).days * 86400)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 1
    assert len(at.stores.attendance.day(WHEN)) == 1
    name = archive_url.rpartition("/")[2]
    postgres.ask(f"DROP DATABASE {name} WITH (FORCE)")
    postgres.ask(f"CREATE DATABASE {name}")
    with pytest.raises(ArchiveAway, match="an empty or another one answers at ARCHIVE_URL"):
        at.stores.attendance.day(WHEN)
    with pytest.raises(ArchiveAway, match="an empty or another one answers"):
        at.copy()
    at.archive.worker._copier.begin()
    at.copy()
    warned = archive_check(at.archive.worker.status, at.clock.now)().advice
    assert f"1 days that have left Redis are not in this archive, the first {WHEN}" in warned
    assert "Put the archive's backup back" in warned
    at.stores.left.archive.silent_until = 0.0  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="has 0 of the 1 entries"):
        at.stores.attendance.day(WHEN)
    with at.archive.database.begin() as connection:
        assert connection.exec_driver_sql("SELECT event_id FROM archive.events").all() == [
            ("new",)
        ]


def test_a_disk_without_room_is_said_and_copying_goes_on_when_there_is_some(at: Site) -> None:
    """Also of COPY, which SQLAlchemy knows nothing of."""
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$; "
            "CREATE TRIGGER full_disk BEFORE INSERT ON archive.events "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    for number in range(510):
        at.mark(f"e{number}", "s1", number * 60)
    with pytest.raises(ArchiveAway, match="has no room left: give its disk some"):
        at.copy()
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION full_disk CASCADE")
    at.copy()
    with at.archive.database.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM archive.events").scalar() == 510


class _Gone(BaseException):
    """Nothing that runs afterwards may catch it."""


def test_tables_that_were_half_made_when_somebody_was_killed_are_made_by_the_next(
    archive_url: str,
) -> None:
    left = [0]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise _Gone

    for point in (*range(1, 30, 3), 0):
        left[0] = point
        database = ArchiveDatabase(archive_url)
        sa.event.listen(database.engine, "after_cursor_execute", count)
        if point:
            with pytest.raises(_Gone):
                database.rows(sa.text("SELECT 1"))
        else:
            query = "SELECT count(*) FROM pg_views WHERE schemaname = 'attendance'"
            assert database.rows(sa.text(query))[0][0] == 4
        database.close()


def test_tables_may_be_changed_in_silence_longer_than_anybody_waits_for_a_day(
    archive_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index over years takes hours: who is cut off begins again, without end."""
    first = ArchiveDatabase(archive_url)
    with first.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA archive")
        command.upgrade(upgrade._config(connection), "first")
    other = ArchiveDatabase(archive_url, patience=0.3)
    with first.engine.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE archive.events")
        threading.Timer(1.0, connection.rollback).start()
        began = time.monotonic()
        other.rows(sa.text("SELECT 1"))
        assert time.monotonic() - began > 0.8
    with pytest.raises(ArchiveAway, match="has been silent"):
        other.rows(sa.text("SELECT pg_sleep(20)"))
    first.close()
    other.close()


def test_whoever_copies_stands_aside_once_a_later_version_has_changed_the_tables(at: Site) -> None:
    at.mark("e1")
    at.copy()
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql("UPDATE archive.alembic_version SET version_num = 'later'")
    at.mark("e2", seconds=3600)
    with pytest.raises(SchemaNewer, match="Update this app"):
        at.copy()
    with at.archive.database.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM archive.events").scalar() == 1


def test_two_installations_of_one_name_are_not_mixed(
    at: Site, tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str
) -> None:
    at.register("7", "Ada")
    at.mark("e1")
    at.stores.rules.epoch()
    at.copy()
    redis_client.flushall()
    with site(settings_of(tmp_path / "other", redis_server, archive_url)) as other:
        other.register("1", "Eve")
        other.stores.rules.epoch()
        other.mark("theirs", seconds=86400)
        for copying in (other.copy, other.archive.accept):
            with pytest.raises(StoreError, match="holds another installation under the name"):
                copying()
        with (
            other.archive.database.connect() as connection,
            pytest.raises(StoreError, match="and this one is not archived"),
        ):
            other.archive.worker._watch(connection)
        rows = other.archive.database.rows(sa.text("SELECT event_id FROM archive.events"))
        assert [row.event_id for row in rows] == ["e1"]
