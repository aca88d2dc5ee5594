"""Whatever is killed while it copies: in the end the archive is what Redis is, row for row."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from face_rec.attendance.rules.calendar import Leave
from tests.integration.archive.site import DAY, Site
from tests.postgres_server import Postgres
from tests.redis_servers import Server, wait_until


class _Gone(BaseException):
    """Nothing that runs afterwards may catch it."""


def test_whoever_copies_is_gone_after_any_statement(at: Site) -> None:
    """As the database sees it: the connection ends, and nothing was committed. In one process,
    daily; the same with processes that are killed runs at night."""
    ada = at.register("7", "Ada")
    for number in range(30):
        at.mark(f"e{number}", ada.subject, number * 3600)
    at.stores.writers.rules.put(Leave("ill", ada.subject, DAY, DAY, "sick", author="boss"))
    left = [0]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise _Gone

    sa.event.listen(at.archive.database.engine, "after_cursor_execute", count)
    for point in range(1, 40):
        with at.archive.database.connect() as connection:
            left[0] = point
            at.archive.worker._copier.begin()
            with suppress(_Gone):
                at.archive.worker.step(connection)
            connection.invalidate()
    left[0] = 0
    at.copy()
    assert at.archive.verify.run().differences == ()


@pytest.mark.nightly
def test_whoever_copies_is_killed_at_any_statement(
    at: Site, tmp_path: Path, redis_server: Server, archive_url: str
) -> None:
    ada = at.register("7", "Ada")
    for number in range(14):
        at.mark(f"e{number}", ada.subject, number * 3600)
    at.stores.writers.rules.put(Leave("ill", ada.subject, DAY, DAY, "sick", author="boss"))
    redis = f"redis://127.0.0.1:{redis_server.port}/0"
    folder = str(tmp_path / "data")
    command = [sys.executable, "-m", "tests.integration.archive.killed", folder, redis]
    subprocess.run([*command, archive_url, "5"], check=True, timeout=150)
    assert int((tmp_path / "data" / "kills").read_text()) > 20
    assert at.archive.verify.run().differences == ()


def test_the_database_is_killed_and_who_is_erased_meanwhile_is_erased_when_it_is_back(
    at: Site, postgres: Postgres
) -> None:
    ada, bob = at.register("7", "Ada"), at.register("8", "Bob")
    at.archive.worker.start()
    wait_until(lambda: _people(at) == 2)
    postgres.kill()
    try:
        for number in range(50):
            at.mark(f"e{number}", ada.subject, number * 3600)
        at.stores.writers.people.delete(bob.subject)
        wait_until(lambda: bool(at.archive.worker.status().problem))
        assert "does not answer" in at.archive.worker.status().problem
    finally:
        postgres.start()
    wait_until(lambda: _people(at) == 1, 40)
    wait_until(lambda: at.archive.verify.run().differences == (), 40)


def _people(at: Site) -> int:
    with at.archive.database.begin() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM archive.people").scalar()
    return int(found or 0)
