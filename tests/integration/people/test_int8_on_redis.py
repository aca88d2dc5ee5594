"""GALLERY=int8 as the app makes it, over a real Redis and a real disk."""

from pathlib import Path

import numpy as np

import config
from face_rec.assembly.models.vectors import gallery_of
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.samples import CONTRACT, a_person, a_template, added


def _file_of(gallery: MemoryGallery) -> bytes:
    """What the open file holds; it has no name by which anything else could read it."""
    descriptor = gallery._rows._sealed._file.fileno()  # type: ignore[attr-defined]
    return Path(f"/proc/self/fd/{descriptor}").read_bytes()


def test_who_is_erased_is_gone_from_memory_and_disk_of_every_process(
    redis_client: Client, tmp_path: Path
) -> None:
    settings = config.load({"GALLERY": "int8", "DATA_DIR": str(tmp_path)}, dotenv=None)
    store = RedisPeople(redis_client, "main", FakeClock())
    first, second = (added(store, a_person(str(number))) for number in range(2))
    models = FakeModelSource(fake_models(CONTRACT, 8))
    processes = [
        GalleryFollower(store, models, FakeClock(), make=gallery_of(settings)) for _ in range(2)
    ]
    third = added(store, a_person("3"))
    for process in processes:
        process.step(0)
        process.step(0)
    store.delete(second.subject)
    for process in processes:
        process.step(0)
        gallery = process.matrix()
        assert gallery is not None
        assert gallery.people == 2
        found = gallery.own_matches(np.array([a_template(0).vector]))[0]
        assert found.subject in {first.subject, third.subject}
        held = _file_of(gallery)
        record = len(held) // 3
        assert sum(held[n * record : (n + 1) * record] == bytes(record) for n in range(3)) == 1
        assert a_template(0).vector.tobytes()[:12] not in held
    assert list(tmp_path.iterdir()) == []
