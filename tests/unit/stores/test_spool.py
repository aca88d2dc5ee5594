"""The snapshot spool: nothing is lost, nothing waits, nothing deleted comes back."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.errors import BadSnapshotKey, SnapshotMissing, StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.snapshots.spool import Backoff
from tests.fakes.snapshots import MemorySnapshots
from tests.unit.stores.spooled import JPEG, PICTURE, Open, eventually, files_of, open_spool, store

__all__ = ["open_spool", "store"]


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
    assert files_of(tmp_path / "spool") == []
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


def test_an_outage_loses_nothing(open_spool: Open, store: MemorySnapshots) -> None:
    store.away = True
    spool = open_spool()
    for number in range(20):
        spool.put(f"{number}.jpg", JPEG)
    eventually(lambda: store.tries > 2)
    assert spool.pending() == 20
    assert "switched the store off" in spool.stats().problem
    store.away = False
    eventually(lambda: spool.pending() == 0)
    assert len(store.jpegs) == 20
    eventually(lambda: not spool.stats().problem)


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
    eventually(lambda: "good.jpg" in store.jpegs)
    assert spool.pending() == 1
