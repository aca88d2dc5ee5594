"""A spool over a store of pictures in memory, which can be away."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from face_rec.domain.faces import Image
from face_rec.stores.snapshots.spool import Backoff, SnapshotSpool
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


def eventually(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen within ten seconds")


def files_of(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and p.name[0] != ".")
