"""Lists that are being chained anew after a loss are taken for what they are also by who begins
anew meanwhile, or was off when Redis lost them; and nothing else is."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from config import Settings
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.assembly.watches import open_reoffer
from face_rec.attendance.rules.calendar import Holiday
from face_rec.clock import SystemClock
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain import write_log
from face_rec.stores.chain.ledger import RULES
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.last_seen import LastSeen, Mending
from face_rec.stores.witness.witness_log import LogFolder
from tests.integration.chain.test_chain import World, _lost_and_made_anew
from tests.integration.chain.test_writes_lost import _of
from tests.redis_servers import Server, standalone, wait_until
from tests.samples import a_chain, an_event

DAY = date(2025, 3, 12)
BROKEN = "do not go on"
QUARTER = 900


@pytest.fixture
def world(redis_client: Client, tmp_path: Path) -> World:
    return World(redis_client, tmp_path)


def _others_bring_back(world: World) -> None:
    other = RedisAttendance(world.client, "main", chain=a_chain())
    for name in ("e3", "e4"):
        other.apply(an_event(name, f"s-{name}"), 0, replay=True)


def _said(watch: ChainWatch) -> str:
    watch.copy()
    return watch.status().broken


def _said_anew(world: World) -> str:
    """By a process that begins now, once it has copied."""
    watch = world.another_watch()
    watch.start()
    watch.close()
    return watch.status().broken


def test_who_is_killed_meanwhile_and_begins_anew_takes_what_others_bring_back(
    world: World,
) -> None:
    _lost_and_made_anew(world)
    world.watch.went_back()
    again = world.another_watch()  # and nothing was copied before the kill
    assert BROKEN in _said(again), "it is not as long yet"
    _others_bring_back(world)
    assert _said(again) == ""
    assert again.verify().whole


def test_another_process_of_the_machine_takes_it_as_well(world: World) -> None:
    beside = world.another_watch()
    _lost_and_made_anew(world, "e3", "e4")
    assert BROKEN in _said(beside)
    world.watch.went_back()
    assert _said(beside) == ""


def test_of_which_days_it_was_is_known_after_the_kill_too(world: World) -> None:
    world.clock.advance(60 * 86_400)
    _lost_and_made_anew(world, "e3", "e4")
    world.watch.went_back({DAY - timedelta(days=2)})
    assert _said_anew(world) == ""


@pytest.mark.parametrize("back", [0.0, 600.0])
def test_neither_a_restart_nor_a_clock_that_is_set_makes_it_longer(
    world: World, back: float
) -> None:
    _lost_and_made_anew(world)
    world.watch.went_back()
    for _ in range(QUARTER // 100):
        world.clock.set(world.clock.now() - timedelta(seconds=back))
        assert BROKEN in _said_anew(world)
        world.clock.advance(100.5)
    _others_bring_back(world)
    assert BROKEN in _said_anew(world)


def test_it_ends_also_of_a_machine_that_is_started_again_and_again(world: World) -> None:
    _lost_and_made_anew(world)
    world.watch.went_back()
    for number in range(QUARTER // 60):
        world.clock.start_of_machine = f"{number:08x}"
        world.clock._monotonic = 30.0
        assert BROKEN in _said_anew(world)
    _others_bring_back(world)
    world.clock.start_of_machine = "ffffffff"
    assert BROKEN in _said_anew(world)


def test_it_outlives_a_start_of_the_machine(world: World) -> None:
    _lost_and_made_anew(world)
    world.watch.went_back()
    world.clock.start_of_machine, world.clock._monotonic = "ffffffff", 30.0
    _others_bring_back(world)
    assert _said_anew(world) == ""


def test_a_disk_that_takes_no_note_keeps_nobody_from_mending(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lost_and_made_anew(world, "e3", "e4")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("face_rec.stores.witness.witness_pin.write_durable", full)
        world.watch.went_back()
    assert _said(world.watch) == ""


# --- with the data folder as well, and not the key


def _pin(world: World) -> Path:
    return world.folder / "keys" / "witness-main.json"


def _forged(world: World, kept: bytes) -> None:
    found = json.loads(_pin(world).read_bytes())
    mending = Mending(world.clock.boot, 1e9, world.clock.uptime(), (str(DAY),))
    _pin(world).write_text(json.dumps(found | {"seen": LastSeen((), mending).written()}))


def _of_a_site_of_the_same_key(world: World, kept: bytes) -> None:
    found = json.loads(_pin(world).read_bytes())
    mending = Mending(world.clock.boot, 1e9, world.clock.uptime(), (str(DAY),))
    pin = replace(
        world.witness()._pin.read() or pytest.fail("no pin"),
        seen=LastSeen((), mending).written(),
    )
    signed = a_chain().sign(pin.text("another"))
    _pin(world).write_text(json.dumps(found | asdict(replace(pin, signed=signed))))


def _put_back(world: World, kept: bytes) -> None:
    """As it was while something was mended; the machine was started since."""
    world.clock.start_of_machine = "ffffffff"
    _pin(world).write_bytes(kept)


def _moved_on(world: World, kept: bytes) -> None:
    found, before = json.loads(_pin(world).read_bytes()), json.loads(kept)
    world.clock.start_of_machine = "ffffffff"
    more = {"seen": before["seen"], "signed": before["signed"]}
    _pin(world).write_text(json.dumps(found | more))


@pytest.mark.parametrize("attack", [_forged, _of_a_site_of_the_same_key, _put_back, _moved_on])
def test_nobody_without_the_key_makes_a_rewritten_list_pass_for_a_mended_one(
    world: World, attack: Callable[[World, bytes], None]
) -> None:
    world.mark("a1")
    world.watch.copy()
    world.watch.went_back()
    world.watch.copy()
    kept = _pin(world).read_bytes()
    assert b"until" in kept, "or there is nothing to put back"
    world.clock.advance(QUARTER + 60)
    for name in ("a2", "a3"):
        world.mark(name)
        world.watch.copy()
    _lost_and_made_anew(world, "e3", "e4", "x1", "x2", "x3")
    world.watch.copy()
    attack(world, kept)
    assert BROKEN in _said_anew(world)


def test_who_asks_while_a_line_is_written_disturbs_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, asking = LogFolder.append, []

    def asked(folder: LogFolder, log: str, at: datetime, line: bytes) -> None:
        append(folder, log, at, line)
        asking.append(threading.Thread(target=world.watch.servers))
        asking[-1].start()
        asking[-1].join(0.3)

    monkeypatch.setattr(LogFolder, "append", asked)
    world.mark("e1")
    assert _said(world.watch) == ""
    world.mark("e2")
    assert _said(world.watch) == ""
    for one in asking:
        one.join()
    assert len(asking) >= 2


def test_a_pin_of_the_version_before_says_nothing_and_is_none_the_worse(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    found = json.loads(_pin(world).read_bytes())
    _pin(world).write_text(json.dumps({name: found[name] for name in ("log", "count", "last")}))
    again = world.another_watch()
    world.mark("e2")
    assert _said(again) == ""
    assert again.verify().whole
    assert again.servers() == frozenset()


# --- two machines that bring it back, and one that was off


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as started:
        yield started


class Site:
    """Machines of one site on one Redis, each with a disk of its own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self._folder = folder

    def machine(self, name: str, stack: ExitStack) -> Stores:
        return open_stores(self._settings(name), SystemClock(), stack)

    def _settings(self, name: str) -> Settings:
        return _of(self.server, self._folder / name, CHAIN_KEY="c" * 40)

    def looks(self, name: str) -> str:
        """What the witness of this machine says once it has begun anew."""
        with ExitStack() as stack:
            stores = self.machine(name, stack)
            open_reoffer(stores, SystemClock(), lambda: None).look()
            stores.chain.copy()
            return stores.chain.status().broken


def _rules(stores: Stores, *names: str) -> None:
    for name in names:
        stores.writers.rules.put(Holiday(name, DAY, name))


def _in_order(stores: Stores) -> list[str]:
    return sorted(one.name for one in stores.rules.load().holidays)


@pytest.fixture
def site(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Site, Stores, Stores]]:
    """``one`` and ``two`` have written by turns, ``off`` has witnessed it and is off."""
    monkeypatch.setattr(write_log, "UNDER_WAY", 0.0)  # nobody writes meanwhile
    made = Site(server, tmp_path)
    with ExitStack() as stack:
        one, two = made.machine("one", stack), made.machine("two", stack)
        one.chain.copy()
        for number in range(4):
            _rules(one, f"a{number}")
            _rules(two, f"b{number}")
        assert made.looks("off") == ""
        yield made, one, two


def test_who_was_off_when_redis_lost_all_takes_what_others_have_brought_back(
    site: tuple[Site, Stores, Stores],
) -> None:
    made, one, two = site
    before = _in_order(one)
    made.server.kill()
    made.server.start()  # it comes back empty
    for stores in (two, one):
        open_reoffer(stores, SystemClock(), lambda: None).look()
    wait_until(lambda: _in_order(one) == before)
    assert made.looks("off") == ""
    assert made.looks("off") == "", "at every later start, too"


def test_who_edits_the_database_while_this_machine_is_off_is_found_at_its_start(
    site: tuple[Site, Stores, Stores],
) -> None:
    """The server is the one that it was: it has lost nothing."""
    made, one, two = site
    listed, head = keys.chain("main", RULES), keys.chain_head("main", RULES)
    one.client.ltrim(listed, 0, -4)
    one.client.delete(head)
    _rules(two, "x1", "x2", "x3", "x4")
    for _ in range(2):
        assert BROKEN in made.looks("off")
