"""Data of 0.3.0, where a kiosk was two records, is taken over into the one there is now.

``kiosks_of_0_3_0.json`` is what the pages of 0.3.0 wrote, key by key, with ``CHAIN_KEY`` as below:
``gate`` (linked; PINs in both records; from 17 March on it counts OUT), ``yard`` (linked; Settings
allowed PINs and the device did not), ``hall`` (not linked; its device was made by the dialog that
links, which forbade PINs), ``shed`` (no device), ``attic`` (a device, of which no record was made
yet).
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import pytest

import config
from config import ROOT
from face_rec.access.devices.device import Bound
from face_rec.assembly.commands.commands import open_backups
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.attendance.rules import rule_version
from face_rec.domain.errors import StoreUnavailable
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client, held
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.site.kiosk_records import KioskRecords
from tests.fakes.clock import MORNING, FakeClock
from tests.redis_servers import Server, wait_until

OLD: Final = json.loads(
    Path(__file__).with_name("kiosks_of_0_3_0.json").read_text(encoding="utf-8")
)
DEVICES, KIOSKS = access_keys.access("main", "devices"), keys.rule("main", "kiosks")
TODAY = MORNING.date()
GATE = KioskRecord(
    "gate", "Berlin", Direction.OUT, pin=True, title="Main gate", opens=time(7), closes=time(19),
    watched_from=MORNING, valid_from=TODAY + timedelta(days=7),
)  # fmt: skip
TAKEN_OVER = {
    "gate": replace(
        GATE, earlier=(replace(GATE, direction=Direction.IN, valid_from=None),)
    ),
    "yard": KioskRecord("yard", title="Yard", opens=time(22), closes=time(6)),
    "hall": KioskRecord(
        "hall", "Munich", pin=True, show_marks=True, groups=frozenset({"Office"}), title="hall"
    ),
    "shed": KioskRecord("shed", minimum_stay=9, pin=True),
    "attic": KioskRecord("attic", title="Attic", opens=time(8), closes=time(12), pin=True),
}  # fmt: skip


def written(client: Client) -> None:
    """What 0.3.0 left behind."""
    for key, (kind, value) in OLD["redis"].items():
        if kind == "hash":
            client.hset(key, mapping=value)
        elif kind == "list":
            client.rpush(key, *value)
        elif kind == "string":
            client.set(key, value)
        else:
            for entry, fields in value:
                client.xadd(key, fields, id=entry)


@contextmanager
def started(server: Server, folder: Path, clock: FakeClock | None = None) -> Iterator[Stores]:
    """The app's stores over that Redis, as at a start."""
    settings = config.load(
        {"REDIS_URL": f"redis://127.0.0.1:{server.port}/0", "DATA_DIR": str(folder),
         "CHAIN_KEY": "k" * 40},
        dotenv=None,
    )  # fmt: skip
    with ExitStack() as stack:
        yield open_stores(settings, clock or FakeClock(), stack)


@pytest.fixture
def start(redis_server: Server, redis_client: Client, tmp_path: Path) -> Callable[..., Any]:
    written(redis_client)
    return partial(started, redis_server, tmp_path)


def records(stores: Stores) -> dict[str, KioskRecord]:
    stores.kiosks.forget()
    stores.kiosks.names()
    return {one.id: one for one in stores.rules.kiosks()}


def stored_devices(client: Client) -> dict[str, dict[str, Any]]:
    found: Any = client.hgetall(DEVICES)
    return {name.decode(): json.loads(text) for name, text in found.items()}


def test_hours_titles_and_pins_of_devices_come_into_the_kiosk_s_record(
    start: Callable[..., Any], redis_client: Client
) -> None:
    with start() as stores:
        assert records(stores) == TAKEN_OVER
        assert not stores.rules.load().malformed
        said = {"id", "digest", "created_at", "linked_at", "version", "key", "previous",
                "rotated_at"}  # fmt: skip
        assert all(device.keys() == said for device in stored_devices(redis_client).values())
        report = stores.chain.verify()
        assert report.whole, [finding.sentence() for finding in report.findings]


def test_days_are_judged_as_before_and_what_was_planned_stays_planned(
    start: Callable[..., Any],
) -> None:
    with start() as stores:
        gate = records(stores)["gate"]
    assert rule_version.at(gate, TODAY).direction is Direction.IN
    assert rule_version.at(gate, TODAY + timedelta(days=7)).direction is Direction.OUT
    for day in (TODAY, TODAY + timedelta(days=7)):
        assert rule_version.at(gate, day).opens == time(7)


def test_the_audit_log_says_what_the_app_took_over(start: Callable[..., Any]) -> None:
    with start() as stores:
        records(stores)
        entries = {e.target: e for e in stores.access.audit.newest(4) if e.who == "the system"}
    assert entries.keys() == {"gate", "yard", "hall", "attic"}
    yard = entries["yard"]
    assert yard.action == "kiosk.changed"
    assert yard.before["marks without a face"] == "allowed"
    assert yard.after == {
        "title": "Yard", "opens": "22:00:00", "closes": "06:00:00",
        "marks without a face": "not allowed",
    }  # fmt: skip
    assert entries["attic"].action == "kiosk.created"


def test_a_linked_tablet_is_the_same_kiosk_with_the_same_token_and_key(
    start: Callable[..., Any],
) -> None:
    with start() as stores:
        access = stores.access
        for name, open_now in (("gate", True), ("yard", False)):
            device = access.devices.device_of(OLD["cookies"][name])
            assert device is not None
            assert device.id == name
            principal = access.authenticator.device(Bound(name, f"BKeyOf{name}"))
            assert principal is not None
            assert principal.kiosk == name
            assert access.open_now(name) is open_now  # 08:00 UTC, and 22:00 to 06:00 is night
        assert access.authenticator.device(Bound("gate", "BKeyOfgate")).name == "kiosk Main gate"


def test_a_second_start_changes_nothing(start: Callable[..., Any], redis_client: Client) -> None:
    with start() as stores:
        records(stores)
    before = redis_client.hgetall(KIOSKS), redis_client.hgetall(DEVICES)
    version = stores.rules.version()
    with start() as stores:
        assert records(stores) == TAKEN_OVER
        assert stores.rules.version() == version
    assert (redis_client.hgetall(KIOSKS), redis_client.hgetall(DEVICES)) == before


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("rewritten", range(4))
def test_killed_in_the_middle_it_goes_on_at_the_next_start_and_undoes_no_admin(
    start: Callable[..., Any],
    redis_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    rewritten: int,
) -> None:
    whole, count = KioskRecords._rewrite, 0

    def rewrite(self: KioskRecords, name: str) -> None:
        nonlocal count
        if count == rewritten:
            raise Killed
        count += 1
        whole(self, name)

    monkeypatch.setattr(KioskRecords, "_rewrite", rewrite)
    with start() as stores, pytest.raises(Killed):
        records(stores)
    monkeypatch.undo()
    changed = replace(TAKEN_OVER["yard"], opens=time(5), pin=True)
    stores.rules.put(changed)  # by another process, which had begun and was not killed
    with start() as stores:
        assert records(stores) == {**TAKEN_OVER, "yard": changed}
        assert stores.chain.verify().whole
    assert not any("title" in device for device in stored_devices(redis_client).values())


def test_of_processes_that_start_at_once_all_see_the_same(
    start: Callable[..., Any], redis_client: Client
) -> None:
    with ExitStack() as stack:
        several = [stack.enter_context(start()) for _ in range(3)]
        together = Barrier(len(several))

        def look(stores: Stores) -> dict[str, KioskRecord]:
            together.wait(20)
            return records(stores)

        with ThreadPoolExecutor(len(several)) as pool:
            assert list(pool.map(look, several)) == [TAKEN_OVER] * 3
        assert several[0].chain.verify().whole


def test_after_a_start_without_the_database_it_is_done_before_the_first_answer(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    whole = KioskRecords._old_devices

    def away(_: KioskRecords) -> list[Any]:
        raise StoreUnavailable("The database is away. Start it.")

    with start(clock) as stores:
        monkeypatch.setattr(KioskRecords, "_old_devices", away)
        assert stores.kiosks.find("yard") is None
        assert stores.access.authenticator.device(Bound("yard", "BKeyOfyard")) is None
        monkeypatch.setattr(KioskRecords, "_old_devices", whole)
        clock.advance(2)
        assert stores.kiosks.find("yard") == TAKEN_OVER["yard"]
        assert stores.access.authenticator.device(Bound("yard", "BKeyOfyard"))


def test_a_backup_of_before_is_taken_over_also_under_a_running_app(
    redis_server: Server, redis_client: Client, tmp_path: Path
) -> None:
    written(redis_client)
    place = FilePlace(tmp_path / "backup")
    open_backups(redis_client, "main", Keyring()).save(place, MORNING)
    redis_client.flushall()
    clock = FakeClock()
    with started(redis_server, tmp_path / "data", clock) as stores:
        assert stores.kiosks.names() == ["main"]
        restored_by_another_process(redis_server, tmp_path / "backup")
        clock.advance(2)
        wait_until(lambda: not held.is_set())  # it may have seen that a restore went on
        assert stores.kiosks.find("yard") == TAKEN_OVER["yard"]
        assert records(stores) == TAKEN_OVER


def restored_by_another_process(server: Server, backup: Path) -> None:
    """As the command does it: within the app's own, what holds the app would hold it, too."""
    restore = f"""
from pathlib import Path
from face_rec.assembly.commands.commands import open_backups
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.sealing.keyring import Keyring
client = connect(RedisAddress(nodes=(("127.0.0.1", {server.port}),)))
open_backups(client, "main", Keyring()).load(FilePlace(Path({str(backup)!r})))
"""
    subprocess.run([sys.executable, "-c", restore], check=True, cwd=ROOT)


def test_what_nobody_can_read_is_left_as_it_is(
    start: Callable[..., Any], redis_client: Client
) -> None:
    redis_client.hset(KIOSKS, "yard", '{"direction":"sideways"}')
    redis_client.hset(DEVICES, "attic", "no JSON")
    with start() as stores:
        wanted = {name: TAKEN_OVER[name] for name in ("gate", "hall", "shed")}
        assert records(stores) == wanted
        version = stores.rules.version()
        assert records(stores) == wanted
        assert stores.rules.version() == version
    assert redis_client.hget(KIOSKS, "yard") == b'{"direction":"sideways"}'
    assert redis_client.hget(DEVICES, "attic") == b"no JSON"
    assert stored_devices_of(redis_client, "yard")["closes"] == "06:00:00"  # for when it is mended


def stored_devices_of(client: Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.hget(DEVICES, name) or "{}")
    return found


def test_the_first_use_of_the_office_s_browser_undoes_nothing_that_an_admin_saved(
    start: Callable[..., Any],
) -> None:
    with start() as stores:
        assert not any(one.id == "main" for one in records(stores).values())
        lobby = KioskRecord("main", title="Lobby", pin=True)
        stores.rules.put(lobby)  # by another process, within the second that an answer holds
        assert stores.kiosks.knows("main")
        assert records(stores)["main"] == lobby
