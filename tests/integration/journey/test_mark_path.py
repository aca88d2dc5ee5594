"""Which modules a mark runs through, from the camera's frame to Redis: few enough to read them.

Who changes the way of a mark changes these lists, and thinks twice before one grows.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from face_rec.clock import SystemClock
from face_rec.domain.faces import Box, View
from face_rec.domain.marks import Outcome, Source
from face_rec.domain.people import Consent, Person, Template, TemplateInfo
from face_rec.domain.recognition import Decision, Verdict
from face_rec.journey.decide import Policy
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.marking.punch import Named
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.workers import WorkerPool
from face_rec.people.directory import CachedDirectory
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.snapshots.spool import SnapshotSpool
from tests.fakes.clock import MORNING
from tests.fakes.journey import Actor, FakeAssessor, picture, vector
from tests.fakes.models import FakeModelSource
from tests.recorder import Recorder
from tests.samples import a_chain

SOON = 20.0  # seconds

PUNCH = {
    "journey.marking.punch", "journey.marking.mark",
    "stores.journal.journal", "stores.journal.journal_segment",
    "stores.attendance.attendance", "stores.attendance.event_codec", "stores.chain.links",
    "stores.redis.lua",  # and scripts/mark.lua
}  # fmt: skip
"""From a named face to the mark that is confirmed."""
MARK = PUNCH | {
    "journey.engine", "journey.streams.stream", "journey.streams.workers", "journey.pipeline",
    "journey.detect", "journey.track", "journey.track_state", "journey.embed",
    "journey.same_view", "people.gallery.gallery", "journey.fusion", "journey.decide",
    "people.directory",
}  # fmt: skip
"""From the camera's frame."""
MOST_BESIDE = 30
"""So many more of ours run, which a reader of the way need not open: words (times, boxes, kinds,
contracts), the gallery's lock and its newest edition, the directory's question whether the person
is still enrolled and how a person is read, what every store and every file uses (keys, client,
JSON, durable writes), the judge of liveness and the step-up, which are asked for nothing here, the
picture's way into the spool once the mark stands, and, as it falls, a beat of the journal's replay
and what it keeps of settled marks, its folder, and what all kiosks' journeys share; a busy machine
runs some at once that a quiet one (25) does not."""


class Site:
    """A kiosk as the app builds one, but for its models; Ann is enrolled."""

    def __init__(self, client: Client, folder: Path, stack: ExitStack) -> None:
        clock, models = SystemClock(), FakeModelSource()
        people = RedisPeople(client, "main", clock)
        directory = CachedDirectory(people, clock)
        follower = GalleryFollower(people, models, clock, [directory.forget])
        follower.start()
        stack.callback(follower.close)
        journal = FileJournal(folder / "journal")
        stack.callback(journal.close)
        store = RedisAttendance(client, "main", chain=a_chain())
        marker = DurableMarker(store, journal, clock, lambda: 60.0)
        stack.callback(marker.close)
        spool = SnapshotSpool(FolderSnapshots(folder / "snapshots"), folder / "spool")
        stack.callback(spool.close)
        self.deps = PipelineDeps(
            models=models, gallery=follower.gallery, directory=directory, marker=marker,
            snapshots=spool, assess=FakeAssessor(), clock=clock, policy=Policy(same=0.0),
        )  # fmt: skip
        self.engine = Engine(self.deps, WorkerPool(1, clock))
        stack.callback(self.engine.close)
        ann = Person("s-ann", "1", "Ann", consent=Consent("I agree.", "1", MORNING))
        info = TemplateInfo(0, View.FRONT, 0.9, "fake", MORNING)
        people.create(ann, [Template(info, vector(0))], people.revision())
        assert follower.wait(people.revision(), SOON)

    def marked(self) -> Outcome | None:
        """What became of the face in front of the kiosk so far."""
        scene = self.engine.kiosk("door").scene()
        receipts = [label.receipt for label in scene.labels] if scene else []
        return receipts[0].outcome if receipts and receipts[0] else None


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder("MainThread", "journey-1")
    threading.setprofile(recorder)
    yield recorder
    threading.setprofile(None)


@pytest.fixture
def site(recorder: Recorder, redis_client: Client, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(redis_client, tmp_path, stack)


def _until(done: Callable[[], object], step: Callable[[], object]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        step()
        time.sleep(0.05)


def test_a_mark_is_followed_from_the_frame_to_redis_in_twenty_one_modules(
    site: Site, recorder: Recorder
) -> None:
    kiosk = site.engine.kiosk("door")
    with recorder.recording():
        _until(site.marked, lambda: kiosk.submit(picture([Actor(0)])))
    assert site.marked() is Outcome.MARKED
    recorder.holds(MARK, 25, MOST_BESIDE)


def test_a_punch_is_followed_in_eight(site: Site, recorder: Recorder) -> None:
    punch = site.deps.puncher("door", Source.VIDEO, None)
    decision = Decision(Verdict.NAMED, "s-ann", score=0.9, margin=0.5, looks=3)
    named = Named(picture([Actor(0)]), Box(100, 100, 220, 220), "s-ann", decision, "fake")
    with recorder.recording():
        receipt = punch(named)
    assert receipt.outcome is Outcome.MARKED
    recorder.holds(PUNCH, 8, MOST_BESIDE)
