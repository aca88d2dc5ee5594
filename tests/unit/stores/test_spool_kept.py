"""What a spool keeps on its disk: through damage, a full disk and a restart."""

import os
from pathlib import Path

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.spool import Backoff, SpoolLimits
from tests.fakes.snapshots import MemorySnapshots
from tests.unit.stores.spooled import JPEG, PICTURE, Open, eventually, open_spool, store

__all__ = ["open_spool", "store"]


SEALER = DataSealer(keyring.derived(["a" * 32], "data"))


def test_one_picture_that_does_not_open_holds_nobody_up(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    store.away = True
    before = open_spool(sealer=SEALER)
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        before.put(name, JPEG)
    before.close(10)
    (bad,) = (tmp_path / "spool").glob("*/1.jpg")
    bad.write_bytes(bad.read_bytes()[:-1] + b"?")
    store.away = False
    after = open_spool(sealer=SEALER)
    eventually(lambda: len(store.jpegs) == 2)
    eventually(lambda: after.stats().aside == 1)
    assert sorted(store.jpegs) == ["2.jpg", "3.jpg"]
    assert (after.stats().pending, after.stats().problem) == (0, "")
    assert "damaged" in Quarantine(tmp_path / "spool-quarantine").all()[0].reason


@pytest.mark.parametrize("sealer", [None, SEALER], ids=["plain", "sealed"])
def test_no_bit_that_the_disk_flips_reaches_the_store(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path, sealer: DataSealer | None
) -> None:
    store.away = True
    before = open_spool(sealer=sealer)
    for number in range(60):
        before.put(f"{number}.jpg", JPEG)
    before.close(10)
    for number, path in enumerate(sorted((tmp_path / "spool").glob("*/*.jpg"))):
        content = bytearray(path.read_bytes())
        bit = number * 8 * (len(content) - 1) // 59 + number % 8
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
    store.away = False
    after = open_spool(sealer=sealer)
    eventually(lambda: after.pending() == 0)
    # A checksum that is damaged itself is none, as in a file of an older version.
    assert all(jpeg[: len(JPEG)] == JPEG for jpeg in store.jpegs.values())
    assert len(store.jpegs) + after.stats().aside == 60
    assert after.stats().aside >= 30


def test_a_picture_of_the_version_before_waits_without_a_checksum(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    dead = tmp_path / "spool" / "0123456789abcdef"
    dead.mkdir(parents=True)
    (dead / "old.jpg").write_bytes(JPEG)
    spool = open_spool()
    eventually(lambda: store.jpegs == {"old.jpg": JPEG})
    assert spool.stats().aside == 0


def test_one_file_that_the_disk_does_not_give_holds_nobody_up(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_bytes = Path.read_bytes

    def broken(path: Path) -> bytes:
        if path.name == "bad.jpg":
            raise OSError(5, "Input/output error")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", broken)
    spool = open_spool()
    spool.put("bad.jpg", JPEG)
    spool.put("good.jpg", JPEG)
    eventually(lambda: list(store.jpegs) == ["good.jpg"])
    eventually(lambda: spool.stats().aside == 1)
    assert spool.stats().stored == 1


def test_a_picture_that_was_set_aside_is_tried_again_at_the_next_start(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.away = True
    before = open_spool(sealer=SEALER)
    before.put("day/a.jpg", JPEG)
    before.close(10)
    store.away = False
    other = DataSealer(keyring.derived(["b" * 32], "data"))
    without = open_spool(sealer=other)
    eventually(lambda: without.stats().aside == 1)
    without.close(10)
    both = DataSealer(keyring.derived(["b" * 32, "a" * 32], "data"))
    after = open_spool(sealer=both)
    eventually(lambda: store.jpegs == {"day/a.jpg": JPEG})
    assert after.stats().aside == 0


def test_a_picture_that_was_set_aside_is_listed_and_can_be_deleted(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    store.away = True
    before = open_spool(sealer=SEALER)
    before.put("day/a.jpg", JPEG)
    before.close(10)
    store.away = False
    spool = open_spool(sealer=DataSealer(keyring.derived(["b" * 32], "data")))
    eventually(lambda: spool.stats().aside == 1)
    assert list(spool.keys("day/")) == ["day/a.jpg"]
    spool.delete("day/a.jpg")
    assert list(spool.keys()) == []
    assert list((tmp_path / "spool-quarantine").iterdir()) == []


def test_what_waits_in_another_process_is_listed_too(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.away = True
    one, other = open_spool(), open_spool()
    one.put("marks/a.jpg", JPEG)
    assert next(other.keys("marks/")) == "marks/a.jpg"


def test_a_stray_file_in_a_dead_process_s_folder_stops_no_adoption(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    dead = tmp_path / "spool" / "999-dead"
    (dead / "folder.jpg").mkdir(parents=True)
    (dead / "no key!.jpg").write_bytes(JPEG)
    (dead / "good.jpg").write_bytes(JPEG)
    spool = open_spool()
    eventually(lambda: list(store.jpegs) == ["good.jpg"])
    assert spool.stats().aside == 2
    spool.put("next.jpg", JPEG)
    eventually(lambda: "next.jpg" in store.jpegs)


def test_a_picture_and_its_name_are_on_the_disk_when_it_is_put(
    open_spool: Open, store: MemorySnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.away = True
    spool = open_spool()
    synced: list[str] = []
    fsync = os.fsync

    def watched(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink().name)
        fsync(file)

    monkeypatch.setattr(os, "fsync", watched)
    spool.put("a.jpg", JPEG)
    assert len(synced) == 2
    assert synced[0].startswith(".")  # the file before it gets its name, then the folder
    assert synced[1].startswith(str(os.getpid()))


def test_what_waits_survives_a_restart(open_spool: Open, store: MemorySnapshots) -> None:
    store.away = True
    before = open_spool()
    before.put("day/a.jpg", JPEG)
    before.offer("day/b.jpg", PICTURE)
    before.close(10)
    assert before.pending() == 2
    store.away = False
    after = open_spool()
    after.close(10)
    assert sorted(store.jpegs) == ["day/a.jpg", "day/b.jpg"]


def test_a_full_spool_drops_the_oldest(open_spool: Open, store: MemorySnapshots) -> None:
    store.away = True
    spool = open_spool(limits=SpoolLimits(files=3), backoff=Backoff(60.0))
    spool.put("sent-first.jpg", JPEG)
    eventually(lambda: store.tries == 1 and bool(spool.stats().problem))
    for number in range(4):
        spool.put(f"{number}.jpg", JPEG)
    assert spool.stats().dropped == 2
    with pytest.raises(StoreUnavailable):
        spool.get("0.jpg")
    assert spool.get("3.jpg") == JPEG
    assert spool.pending() == 3


def test_a_spool_with_too_many_bytes_drops_the_oldest(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.away = True
    spool = open_spool(limits=SpoolLimits(bytes=1000), backoff=Backoff(60.0))
    for number in range(4):
        spool.put(f"{number}.jpg", bytes(384))  # and 16 of the checksum
    stats = spool.stats()
    assert (stats.pending, stats.dropped) == (2, 2)


def test_a_full_disk_is_told_to_who_puts_and_nothing_half_written_stays(
    open_spool: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    spool = open_spool()
    monkeypatch.setattr("face_rec.stores.snapshots.spool_folder.write_synced", full)
    with pytest.raises(StoreUnavailable, match="disk is not full"):
        spool.put("a.jpg", JPEG)
    assert [p for p in (tmp_path / "spool").rglob(".*") if p.name != ".lock"] == []
    assert spool.pending() == 0
