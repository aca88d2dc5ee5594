"""CPU time a frame, for the same marks: the journey against the usual loop.

CPU time is that of all threads of the process: what a frame takes from other streams,
whatever else runs on the machine.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from face_rec.domain.faces import Box, Frame, Image, Matrix
from face_rec.domain.people import GalleryEntry
from face_rec.journey.decide import Policy
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from tests.benchmarks.journey import crowd, material
from tests.benchmarks.journey.usual import UsualLoop
from tests.benchmarks.report.row import Row
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.models import FakeModelSource

PACK = "buffalo_sc"
_PEOPLE = 24
_EVERY = 20
"""In quick mode the usual loop, which costs the same in every frame, sees one in so many."""

Loop = Callable[[Image], Sequence[tuple[str, Box]]]
"""Who is in the next frame ("" for nobody's name), and where."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Pictures with people of whom it is known who they are. ``target``: how many times less
    CPU the journey is to take. ``present``: how many can be marked."""

    name: str
    pictures: Callable[[], Iterator[Image]]
    rate: float
    people: Mapping[str, Matrix]
    is_right: Callable[[str, int, Box], bool]
    present: int
    target: float


@dataclass(slots=True)
class Tally:
    """What a run took, and the frame and place in which each name was first given."""

    cpu: float = 0.0
    frames: int = 0
    marks: dict[str, tuple[int, Box]] = field(default_factory=dict)

    @property
    def each(self) -> float:
        """CPU milliseconds a frame."""
        return self.cpu / self.frames * 1000

    def judged(self, clip: Clip) -> str:
        """Marks right and wrong."""
        right = sum(clip.is_right(who, *where) for who, where in self.marks.items())
        wrong = len(self.marks) - right
        return f"{right}/{clip.present} marked" + (f" and {wrong} wrongly" if wrong else "")


def run(quick: bool = False) -> list[Row]:
    """A ratio a clip and kind of usual loop."""
    clips = [_kiosk(quick), _group(quick), _crowd()]
    return [row for clip in clips for row in _compare(clip, quick)]


def _compare(clip: Clip, quick: bool) -> list[Row]:
    ours = _tally(clip, journey_loop(clip, material.models_of(PACK)))
    one = _tally(clip, _usual(clip, threads=1), _EVERY if quick else 1)
    stock = _tally(clip, _usual(clip, threads=0), _EVERY if quick else 4)
    return [
        Row(
            f"CPU a frame, {clip.name}: usual loop {kind} / journey",
            usual.each / ours.each,
            "×",
            clip.target,
            f"{usual.each:.1f} ms ({usual.judged(clip)}) against {ours.each:.2f} ms "
            f"({ours.judged(clip)})" + _sampled(usual, ours),
            at_least=True,
        )
        for kind, usual in (("as run", stock), ("on one thread", one))
    ]


def _sampled(usual: Tally, ours: Tally) -> str:
    return "" if usual.frames == ours.frames else f"; usual loop: {usual.frames} frames"


def _tally(clip: Clip, loop: Loop, every: int = 1) -> Tally:
    """``loop`` over every n-th picture; only the loop is timed."""
    tally = Tally()
    for number, picture in enumerate(clip.pictures()):
        if number % every:
            continue
        before = time.process_time()
        found = loop(picture)
        tally.cpu += time.process_time() - before
        tally.frames += 1
        for who, box in found:
            if who:
                tally.marks.setdefault(who, (number, box))
    return tally


def journey_loop(clip: Clip, models: FaceModels) -> Loop:
    """The journey, on a clock that goes as the clip does."""
    clock = FakeClock()
    gallery = MemoryGallery(models.contract)
    gallery.load([GalleryEntry(who, rows) for who, rows in clip.people.items()], 1)
    services = PipelineDeps(
        models=FakeModelSource(models), gallery=gallery, directory=FakeDirectory(),
        marker=DryRunMarker(60), snapshots=None, assess=assess, clock=clock, policy=Policy(),
    )  # fmt: skip
    journey = Journey("door", services)

    def process(picture: Image) -> list[tuple[str, Box]]:
        clock.advance(1 / clip.rate)
        labels = journey.process(Frame(picture, 0, clock.monotonic())).labels
        return [(label.receipt.event.subject, label.box) for label in labels if label.receipt]

    return process


def _usual(clip: Clip, threads: int) -> Loop:
    threshold = material.models_of(PACK).calibration.threshold(len(clip.people))
    return UsualLoop(material.pack_folder(PACK), clip.people, threshold, threads)


# --- the clips -----------------------------------------------------------------


def _kiosk(quick: bool) -> Clip:
    there, away = (4.0, 8.0) if quick else (10.0, 20.0)
    people = material.photos(_PEOPLE)
    who = next(iter(people))
    return Clip(
        name="kiosk",
        pictures=lambda: material.kiosk_clip(people[who][3], there, away),
        rate=material.RATE,
        people=material.templates(_PEOPLE, PACK),
        is_right=lambda named, _frame, _box: named == who,
        present=1,
        target=10,
    )


def _group(quick: bool) -> Clip:
    people = material.photos(_PEOPLE)
    here = list(people)[:6]
    return Clip(
        name="six faces",
        pictures=lambda: material.group_clip([people[w][3] for w in here], 4 if quick else 15),
        rate=material.RATE,
        people=material.templates(_PEOPLE, PACK),
        is_right=lambda named, _frame, _box: named in here,
        present=len(here),
        target=5,
    )


def _crowd() -> Clip:
    return Clip(
        name="crowd video",
        pictures=crowd.frames,
        rate=crowd.RATE,
        people=crowd.people(PACK)[1],
        is_right=lambda who, frame, box: crowd.is_right(PACK, who, frame, box),
        present=len(crowd.people(PACK)[0]),
        target=5,
    )
