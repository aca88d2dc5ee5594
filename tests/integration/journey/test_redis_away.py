"""Who is confirmed while Redis, or its replica, is away: there once, however often confirmed.

Every kiosk here is a process of its own with the product's own marker, journal and store.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import RedisAddress, connect
from tests.fakes.clock import MORNING
from tests.redis_servers import Server, ask, wait_until
from tests.samples import CONSENT, a_template

ROOT = Path(__file__).resolve().parents[3]
DAY = MORNING.date()
PEOPLE = 20
KIOSK = """
import json, os, sys
from pathlib import Path
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import SystemClock
from face_rec.journey.marking import replay
from face_rec.journey.marking.mark import DurableMarker
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.samples import a_chain, an_event

replay.ADOPT_EVERY = 0.2
folder, port, replicas = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
client, clock = connect(RedisAddress(nodes=(("127.0.0.1", port),))), SystemClock()
marks = AuditedMarks(
    RedisAttendance(client, "main", replicas, a_chain()),
    AuditLog(RedisAudit(client, "main"), clock),
)
marker = DurableMarker(marks, FileJournal(folder), clock, lambda: 60.0)
for line in sys.stdin:
    asked = json.loads(line)
    if "mark" in asked:
        event = an_event(asked["mark"], asked["subject"], asked["seconds"])
        print(json.dumps(marker.mark(event).outcome.value), flush=True)
    else:
        print(json.dumps(marker.pending_count()), flush=True)
"""


class Kiosk:
    """A process that marks."""

    def __init__(
        self, name: str, folder: Path, port: int, replicas: int, stack: ExitStack
    ) -> None:
        self._name = name
        self._process = subprocess.Popen(
            [sys.executable, "-c", KIOSK, str(folder), str(port), str(replicas)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        stack.callback(self.kill)

    def mark_all(self, seconds: int) -> set[str]:
        """Everybody comes past; what they were told."""
        return {
            self._ask(
                mark=f"{self._name}-{seconds}-{number}", subject=f"s{number}", seconds=seconds
            )
            for number in range(PEOPLE)
        }

    def pending(self) -> int:
        return int(self._ask())

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _ask(self, **asked: object) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return str(json.loads(self._process.stdout.readline()))


class Site:
    """A Redis that can go and come back, and kiosks that share a machine."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.redis = self.server("redis", "--appendonly", "yes", "--repl-diskless-sync-delay", "0")
        self.client = connect(RedisAddress(nodes=(("127.0.0.1", self.redis.port),)))
        stack.callback(self.client.close)
        people = RedisPeople(self.client, "main", SystemClock())
        for number in range(PEOPLE):
            person = Person(f"s{number}", f"id{number}", "Ada", consent=CONSENT)
            people.create(person, [a_template()], people.revision())

    def server(self, name: str, *options: str) -> Server:
        server = Server(self._folder / name, *options)
        self._stack.callback(server.stop)
        return server.start()

    def kiosk(self, name: str, replicas: int = 0) -> Kiosk:
        return Kiosk(name, self._folder / "journal", self.redis.port, replicas, self._stack)

    def marks(self) -> list[Event]:
        return RedisAttendance(self.client, "main").day(DAY)

    def repeated(self) -> list[str]:
        """The events of which the audit log says that they have been repeated."""
        audit = AuditLog(RedisAudit(self.client, "main"), SystemClock())
        return [e.target for e in audit.newest(1000) if e.action == Action.MARK_REPEATED]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(tmp_path, stack)


def _handed_on(*kiosks: Kiosk) -> Callable[[], bool]:
    return lambda: sum(kiosk.pending() for kiosk in kiosks) == 0


def test_two_kiosks_without_redis_make_one_mark_of_each_person_and_say_what_was_repeated(
    site: Site,
) -> None:
    one, two = site.kiosk("one"), site.kiosk("two")
    site.redis.stop()
    assert one.mark_all(0) == {"saved_here"}
    assert two.mark_all(30) == {"saved_here"}
    assert two.mark_all(45) == {"already"}
    site.redis.start()
    wait_until(_handed_on(one, two), 40)
    marks = site.marks()
    assert sorted(e.subject for e in marks) == sorted(f"s{n}" for n in range(PEOPLE))
    told = {f"{kiosk}-{n}" for kiosk in ("one-0", "two-30") for n in range(PEOPLE)}
    assert {e.id for e in marks} | set(site.repeated()) == told
    assert len(site.repeated()) == PEOPLE


def test_a_restart_without_redis_marks_nobody_twice(site: Site) -> None:
    first = site.kiosk("first")
    assert first.mark_all(0) == {"marked"}
    site.redis.stop()
    assert first.mark_all(100) == {"saved_here"}
    first.kill()
    second = site.kiosk("second")
    assert second.mark_all(130) == {"already"}  # the journal on the disk says so
    assert second.mark_all(400) == {"saved_here"}
    site.redis.start()
    wait_until(_handed_on(second), 40)
    assert len(site.marks()) == 3 * PEOPLE
    assert site.repeated() == []


def test_what_a_dead_neighbour_left_is_handed_on_by_one_that_runs(site: Site) -> None:
    living, dead = site.kiosk("living"), site.kiosk("dead")
    site.redis.stop()
    assert dead.mark_all(0) == {"saved_here"}
    site.redis.start()
    dead.kill()
    wait_until(lambda: len(site.marks()) == PEOPLE, 40)
    wait_until(_handed_on(living), 20)
    assert living.mark_all(300) == {"marked"}


def test_a_dead_replica_makes_nobody_absent(site: Site) -> None:
    replica = site.server("replica", "--replicaof", "127.0.0.1", str(site.redis.port))
    # It calls the line up before the master sends it anything.
    wait_until(lambda: bool(site.client.set("probe", 1)) and ask(site.client, "WAIT", 1, 500) == 1)
    kiosk = site.kiosk("one", replicas=1)
    assert kiosk.mark_all(0) == {"marked"}
    replica.kill()
    assert kiosk.mark_all(100) == {"saved_here"}
    wait_until(lambda: len(site.marks()) == 2 * PEOPLE, 10)
    assert kiosk.pending() == PEOPLE  # a failover might still lose them
    replica.start()
    wait_until(_handed_on(kiosk), 60)
    assert len(site.marks()) == 2 * PEOPLE
