"""A restore that is killed on the way: half of a backup is served to nobody, and no mark of the
meantime is lost."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load
from face_rec import assembly
from face_rec.domain.errors import NotEmpty, StoreError
from face_rec.domain.marks import Event, Outcome
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import RedisAddress, connect
from tests.fakes.clock import MORNING
from tests.redis_servers import Server, standalone, wait_until
from tests.samples import an_event

ROOT = Path(__file__).resolve().parents[3]
COUNT = 300
SO_FAR = """
import sys, time
from face_rec.__main__ import main
from face_rec.stores.backup import restore

sent, most = 0, int(sys.argv[2])
restore._AT_ONCE = 1
send = restore.SiteRestore._send

def so_far(self, records):
    global sent
    sent += 1
    if most and sent > most:
        print("in the middle", flush=True)
        time.sleep(600)
    send(self, records)

restore.SiteRestore._send = so_far
sys.exit(main(["restore", sys.argv[1]]))
"""


class World:
    """A backup, an empty database, and the command that brings the one into the other."""

    def __init__(self, server: Server, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._server = server
        self.old, self.new = self._settings(0), self._settings(1)
        self.client = connect(RedisAddress(nodes=(("127.0.0.1", server.port),), db=1))
        stack.callback(self.client.close)
        with assembly.build_attendance_stores(self.old) as (_, stores):
            for number in range(COUNT):
                event = an_event(f"e{number}", f"s{number}", -86400 * (number % 30))
                stores.marks.apply(event, 0)
        with assembly.build_backups(self.old) as backups:
            backups.save(FilePlace(folder / "backup"), MORNING)

    def _settings(self, db: int) -> Settings:
        environ = {
            "REDIS_URL": f"redis://127.0.0.1:{self._server.port}/{db}",
            "DATA_DIR": str(self.folder / str(db)),
            "MODEL_PACK": str(self.folder / "none"),
            "CHAIN_KEY": "c" * 40,
        }
        return load(environ, dotenv=None)

    def restore(self, most: int = 0) -> "subprocess.Popen[bytes]":
        """The command in a process of its own; it stands still after ``most`` records."""
        environ = {
            "REDIS_URL": str(self.new.redis_url), "DATA_DIR": str(self.new.data_dir),
            "CHAIN_KEY": "c" * 40, "PATH": "/usr/bin:/bin",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-c", SO_FAR, str(self.folder / "backup"), str(most)],
            cwd=ROOT, env=environ, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._stack.callback(process.kill)
        return process

    def kill_in_the_middle(self) -> None:
        process = self.restore(most=40)
        assert process.stdout
        assert process.stdout.readline() == b"in the middle\n"
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert self.client.exists(keys.restoring("main"))
        assert 0 < len(self.events()) < COUNT

    def restored(self) -> None:
        """The command, to its end."""
        process = self.restore()
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said

    def events(self) -> set[str]:
        """By the server itself: the stores of this process may be held."""
        found: set[str] = set()
        for key in self.client.scan_iter(keys.days_written("main"), count=1000):
            listed: Any = self.client.lrange(key, 0, -1)
            found |= {event_codec.decode(entry).id for entry in listed}
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with standalone(tmp_path / "redis") as server, ExitStack() as stack:
        yield World(server, tmp_path, stack)


ALL = {f"e{number}" for number in range(COUNT)}


def test_nothing_starts_on_half_a_restore_until_it_was_repeated(world: World) -> None:
    world.kill_in_the_middle()
    starts: dict[str, Callable[[], object]] = {
        "the app": lambda: assembly.build(world.new).__enter__(),
        "accounts": lambda: assembly.build_access(world.new).__enter__(),
        "reports": lambda: assembly.build_attendance(world.new).__enter__(),
        "a backup": lambda: _save(world.new, world.folder / "half"),
    }
    for start in starts.values():
        with pytest.raises(StoreError, match="only half put back"):
            start()
    world.restored()
    assert world.events() == ALL
    with assembly.build(world.new) as system:
        assert len(system.attendance.day(MORNING.date())) == COUNT // 30


def _save(settings: Settings, path: Path) -> None:
    with assembly.build_backups(settings) as backups:
        backups.save(FilePlace(path), MORNING)


def test_an_app_that_runs_holds_everything_and_its_marks_wait_for_the_whole(world: World) -> None:
    with assembly.build(world.new) as system:
        world.kill_in_the_middle()
        wait_until(system.away, 5)
        with pytest.raises(StoreError, match="only half put back"):
            system.attendance.day(MORNING.date())
        now = system.clock.now()
        event = an_event("meanwhile")
        mark = Event("meanwhile", "s1", now, event.kind, event.source, "main")
        assert system.marker.mark(mark).outcome is Outcome.SAVED_HERE
        world.restored()
        wait_until(lambda: system.marker.pending_count() == 0, 20)
        assert world.events() == ALL | {"meanwhile"}
        assert not system.away()


def test_what_was_marked_before_the_app_knew_is_not_written_over(world: World) -> None:
    def late() -> None:
        RedisAttendance(world.client, "main").apply(an_event("late"), 0)

    with assembly.build_backups(world.new) as backups, pytest.raises(NotEmpty):
        backups.load(FilePlace(world.folder / "backup"), noticed=late)
    assert world.events() == {"late"}
    assert not world.client.exists(keys.restoring("main"))
