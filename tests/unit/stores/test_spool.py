"""The snapshot spool: nothing is lost, nothing waits, nothing deleted comes back."""

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.errors import BadSnapshotKey, SnapshotMissing, StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.spool import Backoff, SnapshotSpool, SpoolLimits
from face_rec.stores.snapshots.spool_folder import SpoolFolder
from tests.fakes.snapshots import MemorySnapshots

PICTURE: Image = np.full((48, 64, 3), (200, 30, 10), np.uint8)  # BGR: rather blue
JPEG = b"\xff\xd8 a picture \xff\xd9"
SOON = Backoff(first=0.01, longest=0.05)


@pytest.fixture
def store() -> MemorySnapshots:
    return MemorySnapshots()


Open = Callable[..., SnapshotSpool]


@pytest.fixture
def open_spool(store: MemorySnapshots, tmp_path: Path) -> Iterator[Open]:
    opened = []

    def make(**options: object) -> SnapshotSpool:
        spool = SnapshotSpool(store, tmp_path / "spool", **{"backoff": SOON, **options})  # type: ignore[arg-type]
        opened.append(spool)
        return spool

    yield make
    store.away = False
    store.let_go.set()
    for spool in opened:
        spool.close(10)


def _eventually(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen within ten seconds")


def _files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.name[0] != ".")


# --- the way through -----------------------------------------------------------


def test_an_offered_picture_ends_in_the_store_as_a_jpeg(
    open_spool: Open, store: MemorySnapshots
) -> None:
    spool = open_spool()
    spool.offer("2026-11-22/a.jpg", PICTURE)
    spool.close(10)
    stored = cv2.imdecode(np.frombuffer(store.jpegs["2026-11-22/a.jpg"], np.uint8), 1)
    assert stored is not None
    assert np.abs(stored.astype(int) - PICTURE).max() < 12
    assert spool.stats().stored == 1


def test_nothing_stays_on_disk_once_it_is_stored(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    spool = open_spool()
    spool.put("a.jpg", JPEG)
    spool.close(10)
    assert store.jpegs == {"a.jpg": JPEG}
    assert _files(tmp_path / "spool") == []
    assert spool.pending() == 0


def test_a_picture_can_be_seen_before_it_is_stored(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.let_go.clear()
    spool = open_spool()
    spool.put("first.jpg", JPEG)
    spool.offer("second.jpg", PICTURE)
    assert spool.get("first.jpg") == JPEG
    assert spool.get("second.jpg")[:2] == b"\xff\xd8"
    assert store.jpegs == {}


def test_a_stored_picture_comes_from_the_store(open_spool: Open, store: MemorySnapshots) -> None:
    store.jpegs["old.jpg"] = JPEG
    assert open_spool().get("old.jpg") == JPEG


def test_a_picture_that_nobody_took_is_missing(open_spool: Open) -> None:
    with pytest.raises(SnapshotMissing):
        open_spool().get("nobody.jpg")


def test_a_newer_picture_of_the_same_key_wins_even_while_the_older_is_uploaded(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.let_go.clear()
    spool = open_spool()
    spool.put("a.jpg", b"old")
    assert store.putting.wait(10)
    spool.put("a.jpg", b"new")
    store.let_go.set()
    spool.close(10)
    assert store.jpegs == {"a.jpg": b"new"}


def test_what_waits_and_what_is_stored_are_listed_as_one(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.jpegs |= {"people/old.jpg": JPEG, "marks/old.jpg": JPEG}
    store.let_go.clear()
    spool: SnapshotStore = open_spool()
    spool.put("marks/new.jpg", JPEG)
    spool.put("marks/old.jpg", JPEG)
    assert sorted(spool.keys("marks/")) == ["marks/new.jpg", "marks/old.jpg"]


def test_only_a_stored_picture_has_an_address_of_the_store(
    open_spool: Open, store: MemorySnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "url", lambda key, seconds: f"https://s3/{key}?{seconds}")
    store.let_go.clear()
    spool = open_spool()
    spool.put("waits.jpg", JPEG)
    assert spool.url("waits.jpg") is None
    assert spool.url("stored.jpg", 60) == "https://s3/stored.jpg?60"


# --- callers are never held up ---------------------------------------------------


def test_offering_more_than_fits_drops_and_counts_instead_of_waiting(
    open_spool: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    monkeypatch.setattr(
        "face_rec.stores.snapshots.spool._encode", lambda _: slow.wait(30) and JPEG
    )
    spool = open_spool(memory=3)
    for number in range(5):
        spool.offer(f"{number}.jpg", PICTURE)
    assert spool.stats().dropped == 2
    assert spool.pending() == 3
    slow.set()


@pytest.mark.parametrize(
    "picture", [np.zeros((0, 0, 3), np.uint8), np.zeros((4, 4, 7), np.uint8)], ids=["empty", "7"]
)
def test_a_picture_that_is_none_is_dropped_and_the_next_one_kept(
    open_spool: Open, store: MemorySnapshots, picture: Image
) -> None:
    spool = open_spool()
    spool.offer("bad.jpg", picture)
    spool.offer("good.jpg", PICTURE)
    spool.close(10)
    assert list(store.jpegs) == ["good.jpg"]
    assert spool.stats().dropped == 1


def test_offering_a_bad_key_or_after_the_end_never_raises(open_spool: Open) -> None:
    spool = open_spool()
    spool.offer("../../etc/passwd", PICTURE)
    spool.close(10)
    spool.offer("late.jpg", PICTURE)
    assert spool.stats().dropped == 2


def test_a_bad_key_is_refused_by_everything_else(open_spool: Open) -> None:
    spool = open_spool()
    for call in (spool.get, spool.delete, lambda key: spool.put(key, JPEG)):
        with pytest.raises(BadSnapshotKey):
            call("../x.jpg")


# --- the store is away -------------------------------------------------------------


def test_an_outage_loses_nothing(open_spool: Open, store: MemorySnapshots) -> None:
    store.away = True
    spool = open_spool()
    for number in range(20):
        spool.put(f"{number}.jpg", JPEG)
    _eventually(lambda: store.tries > 2)
    assert spool.pending() == 20
    assert "switched the store off" in spool.stats().problem
    store.away = False
    _eventually(lambda: spool.pending() == 0)
    assert len(store.jpegs) == 20
    _eventually(lambda: not spool.stats().problem)


def test_waiting_grows_from_try_to_try_up_to_a_limit() -> None:
    backoff = Backoff(first=1.0, longest=60.0)
    assert [backoff.after(n) for n in (1, 2, 3, 7, 5000)] == [1.0, 2.0, 4.0, 60.0, 60.0]


def test_one_picture_that_is_always_refused_holds_nobody_up(
    open_spool: Open, store: MemorySnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.put

    def refuse_one(key: str, jpeg: bytes) -> None:
        if key == "poison.jpg":
            raise StoreUnavailable("too strange")
        put(key, jpeg)

    monkeypatch.setattr(store, "put", refuse_one)
    spool = open_spool()
    spool.put("poison.jpg", JPEG)
    spool.put("good.jpg", JPEG)
    _eventually(lambda: "good.jpg" in store.jpegs)
    assert spool.pending() == 1


# --- what cannot be read ---------------------------------------------------------------


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
    _eventually(lambda: len(store.jpegs) == 2)
    _eventually(lambda: after.stats().aside == 1)
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
    _eventually(lambda: after.pending() == 0)
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
    _eventually(lambda: store.jpegs == {"old.jpg": JPEG})
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
    _eventually(lambda: list(store.jpegs) == ["good.jpg"])
    _eventually(lambda: spool.stats().aside == 1)
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
    _eventually(lambda: without.stats().aside == 1)
    without.close(10)
    both = DataSealer(keyring.derived(["b" * 32, "a" * 32], "data"))
    after = open_spool(sealer=both)
    _eventually(lambda: store.jpegs == {"day/a.jpg": JPEG})
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
    _eventually(lambda: spool.stats().aside == 1)
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
    _eventually(lambda: list(store.jpegs) == ["good.jpg"])
    assert spool.stats().aside == 2
    spool.put("next.jpg", JPEG)
    _eventually(lambda: "next.jpg" in store.jpegs)


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
    _eventually(lambda: store.tries == 1 and bool(spool.stats().problem))
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
    assert (stats.pending, stats.pending_bytes, stats.dropped) == (2, 800, 2)


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


# --- deleting ------------------------------------------------------------------------


def test_a_deleted_picture_is_gone_from_disk_and_store(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    store.let_go.clear()
    spool = open_spool()
    spool.put("being-sent.jpg", JPEG)
    assert store.putting.wait(10)
    spool.put("waiting.jpg", JPEG)
    store.jpegs["stored.jpg"] = JPEG
    for key in ("waiting.jpg", "stored.jpg"):
        spool.delete(key)
    store.let_go.set()
    spool.close(10)
    assert list(store.jpegs) == ["being-sent.jpg"]
    assert _files(tmp_path / "spool") == []


def test_a_picture_deleted_while_it_is_uploaded_does_not_come_back(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.let_go.clear()
    spool = open_spool()
    spool.put("a.jpg", JPEG)
    assert store.putting.wait(10)
    spool.delete("a.jpg")
    store.let_go.set()
    spool.close(10)
    assert store.jpegs == {}


def test_a_picture_deleted_while_it_is_encoded_does_not_come_back(
    open_spool: Open, store: MemorySnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = threading.Event(), threading.Event()

    def slowly(_: Image) -> bytes:
        begun.set()
        assert go.wait(30)
        return JPEG

    monkeypatch.setattr("face_rec.stores.snapshots.spool._encode", slowly)
    spool = open_spool()
    spool.offer("a.jpg", PICTURE)
    assert begun.wait(10)
    spool.delete("a.jpg")
    go.set()
    spool.close(10)
    assert store.jpegs == {}


def test_a_deleted_upload_is_erased_even_if_the_store_goes_away_right_then(
    open_spool: Open, store: MemorySnapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    delete = store.delete

    def flaky(key: str) -> None:
        calls.append(key)
        if len(calls) == 2:  # after the page's own delete comes the spool's
            raise StoreUnavailable("away for a moment")
        delete(key)

    monkeypatch.setattr(store, "delete", flaky)
    store.let_go.clear()
    spool = open_spool()
    spool.put("a.jpg", JPEG)
    assert store.putting.wait(10)
    spool.delete("a.jpg")
    store.let_go.set()
    _eventually(lambda: len(calls) == 3 and not spool.stats().problem)
    assert store.jpegs == {}


def test_deleting_while_the_store_is_away_says_so(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.away = True
    spool = open_spool()
    spool.put("a.jpg", JPEG)
    with pytest.raises(StoreUnavailable):
        spool.delete("a.jpg")
    assert spool.pending() == 0


# --- several processes -----------------------------------------------------------------


def test_another_process_sees_and_deletes_what_waits_here(
    open_spool: Open, store: MemorySnapshots
) -> None:
    store.away = True
    one, other = open_spool(), open_spool(adopt_every=0.01)
    one.put("a.jpg", JPEG)
    assert other.get("a.jpg") == JPEG
    with pytest.raises(StoreUnavailable):
        other.delete("a.jpg")
    store.away = False
    one.close(10)
    other.close(10)
    assert store.jpegs == {}


def test_the_folder_of_a_living_process_is_left_alone(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    store.away = True
    living = open_spool()
    living.put("a.jpg", JPEG)
    other = SpoolFolder(tmp_path / "spool", SpoolLimits())
    assert other.adopt() == 0
    living.close(10)
    assert other.adopt() == 1
    assert other.get("a.jpg") == JPEG
    other.close()


def test_what_a_killed_process_left_is_stored_by_a_running_one(
    open_spool: Open, store: MemorySnapshots, tmp_path: Path
) -> None:
    running = open_spool(adopt_every=0.05)
    child = f"""
        import os, pathlib, time
        from face_rec.stores.snapshots.spool import SnapshotSpool
        from tests.fakes.snapshots import MemorySnapshots
        store = MemorySnapshots()
        store.away = True
        spool = SnapshotSpool(store, pathlib.Path({str(tmp_path / "spool")!r}))
        spool.put("day/left.jpg", {JPEG!r})
        os.kill(os.getpid(), 9)
    """
    root = Path(__file__).parents[3]
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(child)],
        cwd=root,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=60,
    )
    assert result.returncode == -9
    _eventually(lambda: "day/left.jpg" in store.jpegs)
    running.close(10)
    assert store.jpegs["day/left.jpg"] == JPEG
