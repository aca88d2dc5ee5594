"""Pictures that are deleted, and spools of several processes."""

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.stores.snapshots.spool import SpoolLimits
from face_rec.stores.snapshots.spool_folder import SpoolFolder
from tests.fakes.snapshots import MemorySnapshots
from tests.unit.stores.spooled import JPEG, PICTURE, Open, eventually, files_of, open_spool, store

__all__ = ["open_spool", "store"]


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
    assert files_of(tmp_path / "spool") == []


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
    eventually(lambda: len(calls) == 3 and not spool.stats().problem)
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
    eventually(lambda: "day/left.jpg" in store.jpegs)
    running.close(10)
    assert store.jpegs["day/left.jpg"] == JPEG
