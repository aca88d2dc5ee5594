"""The archive's server as deploy/ makes it: with containers, and in RDS."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import yaml

from config import ROOT
from face_rec.archive.database import ArchiveDatabase
from tests.postgres_server import Postgres, as_somebody, binaries
from tests.redis_servers import free_port

DEPLOY = ROOT / "deploy"
PASSWORD = "n0t-0n-the-command-line"
_SEEN = "SELECT count(*) FROM attendance.marks"


def _opened(url: str) -> None:
    """As the app does at its first start: all its tables are made."""
    database = ArchiveDatabase(url)
    with database.begin() as connection:
        assert connection.exec_driver_sql(_SEEN).scalar() == 0
    database.close()


def test_the_user_that_rds_is_given_makes_its_tables_and_lets_readers_in(
    postgres: Postgres,
) -> None:
    """By a master who is no superuser, as in RDS; twice."""
    postgres.ask("CREATE ROLE master LOGIN CREATEROLE")
    postgres.ask("CREATE ROLE rds_iam NOLOGIN")
    postgres.ask("CREATE DATABASE attendance OWNER master")
    try:
        for _ in range(2):
            postgres.ask((DEPLOY / "archive-user.sql").read_text(), "attendance", "master")
        _opened(postgres.url("attendance", "attendance"))
        postgres.ask("CREATE ROLE metabase LOGIN IN ROLE attendance_reader")
        assert postgres.ask(_SEEN, "attendance", "metabase") == [(0,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.ask("SELECT * FROM archive.people", "attendance", "metabase")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.ask("CREATE ROLE another", "attendance", "attendance")
        postgres.ask("CREATE ROLE outsider LOGIN")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            postgres.ask("SELECT 1", "attendance", "outsider")
    finally:
        postgres.ask("DROP DATABASE attendance WITH (FORCE)")
        postgres.ask("DROP ROLE IF EXISTS metabase, outsider, attendance, rds_iam, master")


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Of pytest's own folders nobody but root may enter those that root's tests have."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def _composed(folder: Path, port: int) -> Iterator[str]:
    """The composition's own command, on this machine; the address that the app gets."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["archive"]
    *_, script = service["command"]
    for there, here in {"$$": "$", "/usr/lib/postgresql/15/bin": str(binaries()),
                        "/run/secrets": str(folder), "/var/lib/archive": str(folder / "data"),
                        "=/tmp": f"={folder}"}.items():  # fmt: skip
        script = script.replace(there, here)
    process = subprocess.Popen(
        [*as_somebody(folder), "sh", "-c", script], env={**os.environ, "PGPORT": str(port)},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"postgresql://attendance:{PASSWORD}@127.0.0.1:{port}/attendance"
    finally:
        process.send_signal(signal.Signals[service["stop_signal"]])
        process.wait(60)


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("postgres does not answer")


def test_the_compositions_archive_wants_a_password_and_keeps_what_it_has(
    short_folder: Path,
) -> None:
    """Whatever a first start that was killed has left."""
    (short_folder / "archive_password").write_text(PASSWORD + "\n")
    (short_folder / "data/new").mkdir(parents=True)
    (short_folder / "data/new/PG_VERSION").write_text("15\n")
    port = free_port()
    with _composed(short_folder, port) as url:
        _wait(url)
        _opened(url)
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        assert PASSWORD not in shown.stdout
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(PASSWORD, "another"))
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.Error):
            connection.execute("CREATE ROLE another")
    with _composed(short_folder, port) as url:
        _wait(url)
        with psycopg.connect(url) as connection:
            assert connection.execute(_SEEN).fetchone() == (0,)
