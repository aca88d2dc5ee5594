"""The other process of the gallery's benchmark: loads, follows, and says so in lines of JSON.

``python -m tests.benchmarks.stores.gallery_process DATA_DIR``; ends when its input does.
"""

import json
import sys
import threading
import time
from pathlib import Path

from face_rec.clock import SystemClock
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.live_gallery import LiveGallery
from face_rec.stores.people.people_store import RedisPeople
from tests.benchmarks.journey import rig
from tests.benchmarks.report import process
from tests.benchmarks.stores.gallery import CONTRACT
from tests.fakes.models import FakeModelSource, fake_models


def main(folder: Path) -> None:
    models = FakeModelSource(fake_models(CONTRACT.digest, CONTRACT.dimension))
    with rig.redis(folder) as client:
        store = RedisPeople(client, rig.SITE, SystemClock())
        follower = GalleryFollower(store, models, SystemClock())
        revision, before = store.revision(), process.resident()
        follower.start()
        assert follower.wait(revision, 300), follower.status().error
        _say(_memory(follower, before))
        threading.Thread(target=_report, args=[follower, revision], daemon=True).start()
        sys.stdin.read()
        follower.close()


def _memory(follower: GalleryFollower, before: int) -> dict[str, float]:
    """Bytes: of the rows in use, by which the process has grown, and at its highest."""
    gallery = follower.gallery
    assert isinstance(gallery, LiveGallery)
    assert gallery.live is not None
    rows = gallery.people + gallery.live.templates
    return {
        "matrices": rows * CONTRACT.dimension * 4,
        "grown": process.resident() - before,
        "highest": process.highest() - before,
    }


def _report(follower: GalleryFollower, revision: int) -> None:
    """A line as soon as the gallery has the next revision, and the next."""
    while True:
        revision += 1
        while not follower.wait(revision, 60):
            pass
        _say({"revision": revision, "at": time.monotonic()})


def _say(line: dict[str, float]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
