"""The engine and all it works with, on data of their own: what the app runs, without its pages."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from face_rec.clock import SystemClock
from face_rec.domain.faces import View
from face_rec.domain.liveness import Check
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.journey.decide import Policy
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.workers import WorkerPool
from face_rec.models.model_service import ModelService
from face_rec.people.directory import CachedDirectory
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.photos.quality import assess
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.snapshots.spool import SnapshotSpool
from tests.benchmarks.journey import material

SITE = "main"


def observing(kiosk: str) -> Check:
    """What is measured is kept with the mark; nothing is, where no liveness models are."""
    return Check.OBSERVE


PEOPLE = 24
_NOW = datetime(2025, 1, 1, tzinfo=UTC)
_CONSENT = Consent("I agree.", "1", _NOW)


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """What is running."""

    client: Client
    people: RedisPeople
    follower: GalleryFollower
    engine: Engine


@contextmanager
def redis(folder: Path) -> Iterator[Client]:
    """A client of an embedded Redis, which syncs every write to the disk."""
    server = EmbeddedRedis(folder)
    client = connect(RedisAddress(unix_socket=str(server.start())))
    try:
        yield client
    finally:
        client.close()
        server.stop()


@contextmanager
def running(
    pack: str = "buffalo_sc", liveness: str = "liveness", check: Callable[[str], Check] = observing
) -> Iterator[House]:
    """Journal, snapshots on disk, a worker a core; PEOPLE are enrolled. No cooldown, so that
    everybody can be marked again and again. ``liveness``: a folder of such models; ``check``:
    what a kiosk makes of them."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        client = stack.enter_context(redis(Path(folder)))
        house = built(Path(folder), client, material.service(pack, liveness), stack, check)
        enrol(house.people, pack)
        assert house.follower.wait(house.people.revision(), 60), "the gallery did not follow"
        yield house


def built(
    folder: Path,
    client: Client,
    models: ModelService,
    stack: ExitStack,
    check: Callable[[str], Check] = observing,
) -> House:
    """Everything started; closed again by ``stack``."""
    clock = SystemClock()
    people = RedisPeople(client, SITE, clock)
    directory = CachedDirectory(people, clock)
    follower = GalleryFollower(people, models, clock, [directory.forget])
    follower.start()
    stack.callback(follower.close)
    journal = FileJournal(folder / "journal")
    stack.callback(journal.close)
    marker = DurableMarker(RedisAttendance(client, SITE), journal, clock, cooldown=lambda: 0.0)
    stack.callback(marker.close)
    spool = SnapshotSpool(FolderSnapshots(folder / "snapshots"), folder / "spool")
    stack.callback(spool.close)
    journeys = PipelineDeps(
        models=models, gallery=follower.gallery, directory=directory, marker=marker,
        snapshots=spool, assess=assess, clock=clock, policy=Policy(),
        liveness=check,
    )  # fmt: skip
    engine = Engine(journeys, WorkerPool(min(4, os.cpu_count() or 1), journeys.clock))
    stack.callback(engine.close)
    return House(client, people, follower, engine)


def enrol(store: RedisPeople, pack: str, people: int = PEOPLE) -> None:
    """Three templates each."""
    contract = material.models_of(pack).contract.digest
    for name, rows in material.templates(people, pack).items():
        person = Person(name, f"id-{name}", name.replace("_", " "), consent=_CONSENT)
        infos = (TemplateInfo(slot, View.FRONT, 0.9, contract, _NOW) for slot in range(len(rows)))
        templates = [Template(info, row) for info, row in zip(infos, rows, strict=True)]
        store.create(person, templates, store.revision())
