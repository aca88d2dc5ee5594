"""People and marks through a failover: what was acknowledged stays."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec.domain.errors import NotReplicated, StoreUnavailable
from face_rec.domain.marks import Event, Outcome
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests import redis_servers
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.witness import a_witness
from tests.redis_servers import Trio
from tests.samples import CONTRACT, a_chain, a_person, a_template, an_event


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    with redis_servers.sentinel_trio(tmp_path) as trio:
        yield trio


@pytest.fixture
def client(trio: Trio) -> Iterator[Client]:
    nodes = (("127.0.0.1", trio.sentinel.port),)
    client = connect(RedisAddress(mode="sentinel", nodes=nodes, service=trio.SERVICE))
    yield client
    client.close()


class Kiosk:
    """Marks one event after another until told to stop; keeps count of what was confirmed."""

    def __init__(self, attendance: RedisAttendance) -> None:
        self.confirmed: list[str] = []
        self.refused: list[str] = []
        self._attendance = attendance
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            event = an_event(f"e{number}", f"s{number}")
            try:
                self._attendance.apply(event, 60)
                self.confirmed.append(event.id)
            except StoreUnavailable:
                self.refused.append(event.id)
                self._stop.wait(0.05)

    def confirms_more(self) -> None:
        """Returns when another mark was confirmed since now."""
        before = len(self.confirmed)
        redis_servers.wait_until(lambda: len(self.confirmed) > before, seconds=30)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def test_a_failover_loses_no_confirmed_mark_and_no_person(
    trio: Trio, client: Client, tmp_path: Path
) -> None:
    people = RedisPeople(client, "main", FakeClock())
    person = people.create(a_person(), [a_template()], 0)
    attendance = RedisAttendance(client, "main", wait_replicas=1, chain=a_chain())
    kiosk = Kiosk(attendance)
    try:
        kiosk.confirms_more()
        trio.master.kill()
        trio.wait_for_failover()
    finally:
        kiosk.stop()
    stored = {event.id for event in attendance.day(MORNING.date())}
    assert set(kiosk.confirmed) <= stored
    assert kiosk.confirmed
    assert kiosk.refused  # the kiosk was told while nobody could keep its marks
    witness = a_witness(a_chain(), tmp_path)
    report = ChainCheck(a_chain(), ChainDays(client, "main"), witness, []).run()
    assert (report.findings, report.linked) == ((), len(stored))
    assert people.get(person.subject) == person
    assert [entry.subject for entry in people.entries(CONTRACT)] == [person.subject]


def test_marks_go_on_after_a_failover_and_replays_are_recognised(
    trio: Trio, client: Client
) -> None:
    attendance = RedisAttendance(client, "main")
    kiosk = Kiosk(attendance)
    try:
        kiosk.confirms_more()
        trio.master.kill()
        trio.wait_for_failover()
        kiosk.confirms_more()
    finally:
        kiosk.stop()
    last = kiosk.confirmed[-1]
    replayed = attendance.apply(an_event(last, f"s{last[1:]}"), 60, replay=True)
    assert replayed.outcome is Outcome.REPEATED


def _replicated(attendance: RedisAttendance, event: Event) -> bool:
    """Whether a replica has it. On a busy machine it may need longer than a mark waits for it, and
    the next try finds the event there."""
    try:
        attendance.apply(event, 60)
    except NotReplicated:
        return False
    return True


def test_a_master_that_became_a_replica_is_away_and_refuses_no_mark_for_good(trio: Trio) -> None:
    """It has the event, so that the script writes nothing and only WAIT finds out."""
    event = an_event("e1")
    client = connect(RedisAddress(nodes=(("127.0.0.1", trio.master.port),)))
    attendance = RedisAttendance(client, "main", wait_replicas=1)
    redis_servers.wait_until(lambda: _replicated(attendance, event), 30)
    trio.sentinel.stop()  # or it would make this one the master again
    trio.master.client().replicaof("127.0.0.1", trio.replica.port)
    with pytest.raises(StoreUnavailable, match="WAIT cannot be used with replica"):
        attendance.apply(event, 60, replay=True)
    client.close()


def test_a_replica_that_stopped_is_missed(trio: Trio, client: Client) -> None:
    attendance = RedisAttendance(client, "main", wait_replicas=1)
    redis_servers.wait_until(lambda: _replicated(attendance, an_event("e1")), 30)
    trio.replica.kill()
    with pytest.raises(StoreUnavailable, match="0 of 1 replicas"):
        attendance.apply(an_event("e2", "s2"), 60)
