"""A real PostgreSQL for tests, of Debian's packages: started by the tests, as an ordinary user."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from face_rec.cli.tls import write_pair
from tests.redis_servers import free_port

_USER = "face"
_SETTINGS = (
    "shared_buffers=16MB", "max_connections=60", "unix_socket_directories=",
    "listen_addresses=127.0.0.1", "logging_collector=off", "ssl=on",
    "ssl_cert_file=../cert.pem", "ssl_key_file=../key.pem",
)  # fmt: skip
_SIGN_IN = "hostssl all rds all scram-sha-256\nhostnossl all rds all reject\n"
"""Everybody else gets in by name."""


def binaries() -> Path:
    """Where initdb and postgres lie; skips with the reason where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    if found or on_path:
        return (found[-1] if found else Path(str(on_path))).parent
    reason = "no PostgreSQL: apt-get install postgresql to run this test"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _version(path: Path) -> float:
    return float(path.parts[-3])


def as_somebody(folder: Path) -> list[str]:
    """What a command begins with to run as a user who is not root, and to whom ``folder`` and what
    is in it belong from now on."""
    if os.geteuid() != 0:
        return []
    somebody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, somebody.pw_uid, somebody.pw_gid)
    ids = [f"--reuid={somebody.pw_uid}", f"--regid={somebody.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids]


class Postgres:
    """One server on a port of 127.0.0.1. Its folder is its user's: root's PostgreSQL refuses."""

    def __init__(self, *, fsync: bool = False) -> None:
        """``fsync``: as a server has it that must not lose what it confirmed; tests do without."""
        self._settings = (*_SETTINGS, f"fsync={'on' if fsync else 'off'}")
        self.port = free_port()
        self._bin = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        write_pair(self._folder, ["127.0.0.1"], datetime.now(UTC))
        self._as = as_somebody(self._folder)
        self._run(
            "initdb", "-D", "data", "-U", _USER, "-E", "UTF8", "--locale=C", "--auth=trust",
            "--no-sync",
        )  # fmt: skip
        hosts = self._folder / "data" / "pg_hba.conf"
        hosts.write_text(_SIGN_IN + hosts.read_text())

    def start(self) -> "Postgres":
        options = [part for one in self._settings for part in ("-c", one)]
        command = [*self._as, str(self._bin / "postgres"), "-D", "data", "-p", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *options], cwd=self._folder, stdout=subprocess.DEVNULL, stderr=log
            )
        self._wait()
        return self

    def kill(self) -> None:
        """As a crash of the machine's memory would: SIGKILL; its disk stays."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)  # does not wait for clients

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Stopped with all its processes, as a machine whose disk is stuck; its sockets stay."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        everybody = [self._process.pid, *map(int, children.read_text().split())]
        for pid in everybody:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in everybody:
                os.kill(pid, signal.SIGCONT)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def certificate(self) -> Path:
        """By which clients know the server."""
        return self._folder / "cert.pem"

    def url(self, database: str = "postgres", user: str = _USER) -> str:
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def ask(
        self, query: str, database: str = "postgres", user: str = _USER
    ) -> list[tuple[object, ...]]:
        """What a query finds, asked by the bare driver."""
        address = self.url(database, user).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._as, str(self._bin / name), *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    def _wait(self, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.ask("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self._folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Postgres]:
    server = Postgres(fsync=fsync)
    try:
        yield server.start()
    finally:
        server.remove()
