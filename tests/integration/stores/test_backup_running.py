"""A backup while kiosks mark and people change."""

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from face_rec.assembly.commands.commands import open_backups
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import Header
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.stores.chain.links import Chain
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.stores.backup_site import OPEN, client_of, pair, server, small
from tests.redis_servers import Server
from tests.samples import an_event

__all__ = ["pair", "server"]


class _Busy(SiteBackup):
    """A backup on whose way something changes."""

    def __init__(self, client: Client, change: Any) -> None:  # noqa: ANN401
        super().__init__(client, "main")
        self._change = change

    def _persons(self, subjects: Any) -> Iterator[Record]:  # noqa: ANN401
        yield from super()._persons(subjects)
        change, self._change = self._change, lambda: None
        change()


def test_who_changed_during_the_backup_is_in_it_as_they_are_now(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    people = small(pair[0])
    first, second, _ = sorted(people.all(), key=lambda person: person.id)

    def change() -> None:
        people.delete(first.subject)
        people.update(replace(second, id=first.id, name="Grace"))

    out = io.BytesIO()
    header = Header("main", MORNING, "1")
    told = backup_file.write(out, header, _Busy(pair[0], change).records())
    (tmp_path / "backup").write_bytes(out.getvalue())
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    restored = RedisPeople(pair[1], "main", FakeClock())
    found = restored.by_id(first.id)
    assert found is not None
    assert (found.subject, found.name) == (second.subject, "Grace")
    assert restored.get(first.subject) is None
    assert restored.count() == told.people == 2


def test_a_backup_while_a_kiosk_marks_holds_whole_days(
    server: Server, pair: tuple[Client, Client], tmp_path: Path
) -> None:
    chain = Chain("main", derived(["k" * 64], "chain"))
    attendance = RedisAttendance(client_of(server, 0), "main", chain=chain)
    over = threading.Event()

    def kiosk() -> None:
        number = 0
        while not over.is_set():
            attendance.apply(an_event(f"e{number}", f"s{number}", seconds=number), 0)
            number += 1

    thread = threading.Thread(target=kiosk)
    thread.start()
    try:
        saved = open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / "backup"), MORNING)
    finally:
        over.set()
        thread.join()
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    day = MORNING.date()
    listed: Any = pair[1].lrange(keys.attendance("main", day), 0, -1)
    assert len(listed) == saved.events
    assert pair[1].scard(keys.seen("main", day)) == saved.events
    head: Any = pair[1].get(keys.head("main", day)) or b"0:"
    assert int(head.split(b":")[0]) == saved.events


def test_an_app_that_runs_on_the_empty_system_notices_the_people(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    small(pair[0])
    there = RedisPeople(pair[1], "main", FakeClock())
    seen = there.revision()
    open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / "backup"), MORNING)
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    assert there.changes(seen) is None  # a gap: it loads everything
