"""Redis loses what it has acknowledged, as real ones do, and all confirmed are there again."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from config import load
from face_rec import assembly
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Event, Outcome, Source
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.marking.reoffer import Reoffer
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import Client, RedisAddress, connect, node_of
from face_rec.stores.redis.server_history import ServerHistory
from face_rec.stores.site.audited_writers import KeptCorrections
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests import redis_servers
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.witness import a_witness
from tests.redis_servers import Server, Trio, standalone, wait_until
from tests.samples import a_chain, an_event

DAY = MORNING.date()


class App:
    """What marks, and what brings back; without models and pages."""

    def __init__(self, address: RedisAddress, folder: Path, *, away: bool = False) -> None:
        clock = FakeClock()
        self.folder = folder
        self.client = connect(address)
        self.marks = RedisAttendance(self.client, "main", chain=a_chain())
        journal = FileJournal(folder / "journal", keep=72 * 3600.0, operating_time=clock.uptime)
        self.marker = DurableMarker(self.marks, journal, clock, lambda: 60.0, lambda: away)
        lost = ServerHistory(self.client, self.marks.lengths, clock).lost
        self._reoffer = Reoffer(
            self.marks,
            self.marks.missing,
            journal,
            SystemClock(),
            cooldown=lambda: 60.0,
            lost=lost,
        )
        self._reoffer.start()
        self._journal = journal
        self.corrections = KeptCorrections(self.marks, journal)

    def mark(self, *numbers: int) -> None:
        """Each is confirmed: Redis has acknowledged it."""
        for number in numbers:
            event = an_event(f"e{number}", f"s{number}", number)
            assert self.marker.mark(event).outcome is Outcome.MARKED

    def events(self) -> list[Event]:
        return self.marks.day(DAY)

    def has(self, count: int) -> Callable[[], bool]:
        """Redis may still be on its way to another server."""

        def there() -> bool:
            with suppress(StoreUnavailable):
                return len(self.events()) >= count
            return False

        return there

    def check(self, count: int) -> None:
        """Every one once, at its time, and the chain holds over them."""
        assert sorted(self.events(), key=lambda e: e.at) == [
            an_event(f"e{n}", f"s{n}", n) for n in range(count)
        ]
        witness = a_witness(a_chain(), self.folder)
        report = ChainCheck(a_chain(), ChainDays(self.client, "main"), witness, []).run()
        assert (report.findings, report.linked) == ((), count)

    def close(self) -> None:
        self._reoffer.close()
        self.marker.close()
        self._journal.close()
        self.client.close()


@contextmanager
def app(address: RedisAddress, folder: Path, *, away: bool = False) -> Iterator[App]:
    running = App(address, folder, away=away)
    try:
        yield running
    finally:
        running.close()


def _alone(server: Server) -> RedisAddress:
    return RedisAddress(nodes=(("127.0.0.1", server.port),))


def _log_of(folder: Path) -> Path:
    (path,) = folder.glob("appendonlydir/*.incr.aof")
    return path


@pytest.mark.parametrize("restarted", [False, True], ids=["app runs on", "app begins anew"])
def test_a_power_cut_of_a_redis_that_syncs_every_second(tmp_path: Path, restarted: bool) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "everysec")
    with standalone(tmp_path / "redis", *options) as server, ExitStack() as stack:
        running = stack.enter_context(app(_alone(server), tmp_path))
        running.mark(*range(30))
        synced = _log_of(tmp_path / "redis").stat().st_size
        running.mark(*range(30, 60))
        server.kill()
        if restarted:
            stack.close()
        os.truncate(_log_of(tmp_path / "redis"), synced - 7)  # in the middle of a command
        server.start()
        if restarted:
            running = stack.enter_context(app(_alone(server), tmp_path))
        wait_until(running.has(60), 30)
        running.mark(*range(60, 63))
        running.check(63)


def test_a_redis_that_comes_back_empty(tmp_path: Path) -> None:
    with standalone(tmp_path / "redis") as server, app(_alone(server), tmp_path) as running:
        running.mark(*range(30))
        server.kill()
        server.start()
        wait_until(running.has(30), 30)
        running.check(30)


def test_what_a_manager_added_beside_another_mark_comes_back(tmp_path: Path) -> None:
    """The cooldown does not hold for a manager's word, nor when it is offered again."""
    with standalone(tmp_path / "redis") as server, app(_alone(server), tmp_path) as running:
        running.mark(0)
        for number in (1, 2):
            added = replace(an_event(f"hand{number}", "s0", 5), source=Source.MANUAL)
            running.corrections.apply(added, 0.0, replay=True)
        told = {event.id for event in running.events()}
        assert told == {"e0", "hand1", "hand2"}
        server.kill()
        server.start()
        wait_until(lambda: {event.id for event in running.events()} == told, 30)


def test_a_failover_to_a_replica_that_lags(tmp_path: Path) -> None:
    with redis_servers.sentinel_trio(tmp_path) as trio:
        nodes = (("127.0.0.1", trio.sentinel.port),)
        address = RedisAddress(mode="sentinel", nodes=nodes, service=Trio.SERVICE)
        with app(address, tmp_path) as running:
            running.mark(*range(30))
            redis_servers.catch_up(trio.replica, trio.master)
            with redis_servers.lagging(trio.replica, trio.master):
                running.mark(*range(30, 60))
                trio.master.kill()
            assert trio.replica.client().llen(f"attendance:{{main|{DAY}}}") == 30
            trio.wait_for_failover()
            wait_until(running.has(60), 30)
            running.check(60)


def test_the_death_of_a_clusters_master_whose_replica_lags(tmp_path: Path) -> None:
    with redis_servers.cluster(tmp_path) as servers, ExitStack() as stack:
        nodes = tuple(("127.0.0.1", server.port) for server in servers)
        address = RedisAddress(mode="cluster", nodes=nodes)
        running = stack.enter_context(app(address, tmp_path))
        running.mark(*range(30))
        master = _holder(running.client, servers)
        replica = redis_servers.replica_of(tmp_path / "replica", servers, master, stack)
        redis_servers.catch_up(replica, master)
        with redis_servers.lagging(replica, master):
            running.mark(*range(30, 60))
            master.kill()
        redis_servers.ask(replica.client(), "CLUSTER FAILOVER", "TAKEOVER")
        wait_until(running.has(60), 30)
        running.check(60)


def _holder(client: Client, servers: list[Server]) -> Server:
    node = node_of(client, f"attendance:{{main|{DAY}}}")
    port = node.connection_pool.connection_kwargs["port"]
    return next(server for server in servers if server.port == port)


def test_a_restart_while_redis_is_away_forgets_nobody_who_was_marked_before(
    tmp_path: Path,
) -> None:
    with standalone(tmp_path / "redis") as server, ExitStack() as stack:
        running = stack.enter_context(app(_alone(server), tmp_path))
        running.mark(*range(10))
        server.stop()
        stack.close()
        again = stack.enter_context(app(_alone(server), tmp_path))
        said = {again.marker.mark(an_event(f"x{n}", f"s{n}", n + 30)).outcome for n in range(10)}
        assert said == {Outcome.ALREADY}
        assert again.marker.mark(an_event("later", "s1", 100)).outcome is Outcome.SAVED_HERE


@pytest.mark.parametrize("ago", [0, 60], ids=["today", "a day of long ago"])
def test_the_running_system_says_what_was_lost_and_its_chain_holds(
    tmp_path: Path, ago: int
) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "everysec")
    with standalone(tmp_path / "redis", *options) as server:
        settings = {
            "REDIS_URL": f"redis://127.0.0.1:{server.port}/0",
            "DATA_DIR": str(tmp_path / "data"),
            "MODEL_PACK": str(tmp_path / "none"),
        }
        with assembly.build(load(settings, dotenv=None)) as system:
            now = system.clock.now() - timedelta(days=ago)
            names = [f"e{number}" for number in range(20)]
            synced = _log_of(tmp_path / "redis").stat().st_size
            for name in names:
                system.marker.mark(Event(name, name, now, *_KIND, "main"))
            system.chain.copy()
            server.kill()
            os.truncate(_log_of(tmp_path / "redis"), synced)
            system.marker.mark(Event("late", "late", now, *_KIND, "main"))
            server.start()
            wait_until(lambda: system.marker.pending_count() == 0)  # before the others come back
            day = now.astimezone(UTC).date()
            wait_until(lambda: len(system.attendance.day(day)) == 21, 30)
            wait_until(lambda: "attendance.lost" in _said(system), 10)
            system.chain.copy()
            days = [f for f in system.chain.verify().findings if not isinstance(f.day, str)]
            assert days == []


_KIND = (an_event("e").kind, an_event("e").source)


def _said(system: assembly.System) -> list[str]:
    return [entry.action for entry in system.access.audit.newest(50)]


def test_who_was_joined_to_a_mark_that_is_lost_is_offered_again(tmp_path: Path) -> None:
    """Confirmed while Redis was away, and another mark stood near: when that one is lost, and a
    later one bars its coming back, nothing else would tell of this one."""
    options = ("--appendonly", "yes", "--appendfsync", "everysec")
    joined, stood, later = (an_event(f"e{at}", "s1", at) for at in (0, 50, 100))
    with standalone(tmp_path / "redis", *options) as server, ExitStack() as stack:
        address = _alone(server)
        with app(address, tmp_path / "other") as other:
            other.mark(7)
            synced = _log_of(tmp_path / "redis").stat().st_size
            assert other.marker.mark(stood).outcome is Outcome.MARKED
            here = stack.enter_context(app(address, tmp_path / "here", away=True))
            assert here.marker.mark(joined).outcome is Outcome.SAVED_HERE
            wait_until(lambda: not here.marker.pending_count(), 30)
            assert joined not in here.events()
        server.kill()
        os.truncate(_log_of(tmp_path / "redis"), synced)
        server.start()
        here.marker.mark(later)
        wait_until(lambda: not here.marker.pending_count(), 30)
        stack.enter_context(app(address, tmp_path / "other"))
        wait_until(here.has(3), 30)
        assert {event.id for event in here.events()} == {"e7", joined.id, later.id}
