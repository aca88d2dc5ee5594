"""What the stages ask of each other, so that each can be built and tested alone.

Implementations live to the left of this module (see ``tests/test_architecture.py``);
named fakes for tests live under ``tests/fakes``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from face_rec.entities import (
    Box,
    Change,
    Contract,
    Event,
    Face,
    Frame,
    GalleryEntry,
    Greeting,
    Image,
    Match,
    Matrix,
    Person,
    Quality,
    Receipt,
    Scene,
    StreamStats,
    Template,
)

Progress = Callable[[int, int], None]
"""Called with (done, total); total 0 means unknown."""


# --- models ----------------------------------------------------------------


class Detector(Protocol):
    """Finds faces. Safe to call from several threads at once."""

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        """Faces in ``image`` (BGR), found with the longer side scaled to ``size`` px.

        ``size`` is rounded up to a multiple of 32. With ``region`` only that
        part is searched; boxes and landmarks are always in pixels of ``image``.
        """
        ...


class Embedder(Protocol):
    """Turns faces into embeddings. Safe to call from several threads at once."""

    @property
    def contract(self) -> Contract: ...

    @property
    def batches(self) -> bool:
        """Whether several crops at once cost less than one by one."""
        ...

    def align(self, image: Image, face: Face) -> Image:
        """The aligned crop (S, S, 3) BGR that :meth:`embed` wants (S = 112)."""
        ...

    def embed(self, crops: Sequence[Image]) -> Matrix:
        """(len(crops), D) float32, L2-normalised, one row a crop."""
        ...


class Calibration(Protocol):
    """What the scores of one recognition model mean."""

    def threshold(self, people: int) -> float:
        """Lowest score that may name somebody among ``people`` (FAR ≤ 0.005/N)."""
        ...

    def margin(self, people: int) -> float:
        """Least lead over the second-best person."""
        ...

    @property
    def largest_gallery(self) -> int:
        """Beyond this many people the promise cannot be kept with this model."""
        ...


@dataclass(frozen=True, slots=True)
class FaceModels:
    """A loaded, warmed-up pack."""

    pack: str
    provider: str
    detector: Detector
    embedder: Embedder
    calibration: Calibration
    custom: bool = False

    @property
    def contract(self) -> Contract:
        return self.embedder.contract


class ModelSource(Protocol):
    """The pack in use; None while there is none (not installed, still loading)."""

    def current(self) -> FaceModels | None: ...


class Assessor(Protocol):
    """Measures how good one face in one picture is."""

    def __call__(self, image: Image, face: Face) -> Quality: ...


# --- people ----------------------------------------------------------------


class PeopleStore(Protocol):
    """Registered people. Every write is one atomic step that also bumps the
    gallery's revision; all may raise StoreUnavailable."""

    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        """Add a person. ``seen_revision`` is the gallery revision that the
        duplicate check saw: raises Conflict when the gallery has moved on,
        IdTaken when the ID is in use."""
        ...

    def update(self, person: Person) -> Person:
        """Write all but the templates; raises Conflict if ``person.version``
        is not the stored one, IdTaken, PersonMissing."""
        ...

    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        """Replace all templates; raises Conflict, PersonMissing."""
        ...

    def delete(self, subject: str) -> Person | None:
        """Remove the person, templates and ID mapping; returns what was there."""
        ...

    def get(self, subject: str) -> Person | None: ...

    def by_id(self, person_id: str) -> Person | None: ...

    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Those that exist, by subject, in one round trip."""
        ...

    def all(self) -> Iterator[Person]:
        """Everybody, streamed."""
        ...

    def count(self) -> int: ...

    def templates(self, subject: str) -> list[Template]: ...

    def revision(self) -> int:
        """The gallery's revision: 0 in an empty system."""
        ...

    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        """Changes after revision ``since`` in order (waiting up to ``block_ms``
        for the first); None when there is a gap and a rebuild is needed."""
        ...

    def entry(self, subject: str, contract: str) -> GalleryEntry | None:
        """The matchable rows of one person; None if there are none."""
        ...

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        """The matchable rows of everybody, pipelined and streamed."""
        ...


class Gallery(Protocol):
    """All templates in memory. Safe to call from several threads at once."""

    @property
    def revision(self) -> int: ...

    @property
    def people(self) -> int: ...

    def match(self, probes: Matrix) -> list[Match]:
        """One Match a row of ``probes`` (N, D) float32."""
        ...


class Directory(Protocol):
    """Names for subjects, cached; for labels on the screen."""

    def name(self, subject: str) -> str: ...

    def person(self, subject: str) -> Person | None: ...

    def latest(self, subject: str, within: float = 0.0) -> Person | None:
        """As the store has the person now, or had them at most ``within`` seconds ago; None if
        there is nobody. Raises StoreError while it cannot be asked."""
        ...


# --- attendance ------------------------------------------------------------


class AttendanceStore(Protocol):
    """Events in Redis lists, one list a UTC day; may raise StoreUnavailable."""

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        """Append ``event`` in one atomic, idempotent step.

        Tests the event's id first (REPEATED), then the cooldown in seconds
        against the subject's last mark (ALREADY), then appends (MARKED). A
        replay skips the cooldown."""
        ...

    def day(self, utc_day: date) -> list[Event]:
        """The events of one UTC day in order of arrival; malformed entries
        are left out and counted (see :meth:`malformed`)."""
        ...

    def between(self, start: datetime, end: datetime) -> list[Event]:
        """Events with start ≤ at < end, sorted by time."""
        ...

    def length(self, utc_day: date) -> int: ...

    def lengths(self, utc_days: Sequence[date]) -> list[int]: ...

    def malformed(self, utc_day: date) -> list[str]:
        """Entries that are not events, for showing to an admin."""
        ...


class Journal(Protocol):
    """Events on local disk, fsynced; raises JournalError when it cannot keep them."""

    def append(self, event: Event) -> None: ...

    def settle(self, event_id: str) -> None:
        """Redis (and the replicas asked for) has the event: forget it."""
        ...

    def set_aside(self, event_id: str, reason: str) -> None:
        """Redis will never take the event: keep it where it holds nobody up, and forget it."""
        ...

    def pending(self) -> list[Event]: ...


class Marker(Protocol):
    """Makes a mark last before anybody says so."""

    def mark(self, event: Event) -> Receipt: ...


# --- snapshots -------------------------------------------------------------


class SnapshotStore(Protocol):
    """JPEGs by key; a key is a relative POSIX path of our own making."""

    def put(self, key: str, jpeg: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """Raises SnapshotMissing."""
        ...

    def delete(self, key: str) -> None:
        """No error if there is nothing."""
        ...

    def url(self, key: str, seconds: int = 300) -> str | None:
        """A presigned URL, or None where the app itself must serve the bytes."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]: ...


class SnapshotSink(Protocol):
    """Takes pictures to be stored in the background; never blocks, never raises."""

    def offer(self, key: str, image: Image) -> None: ...


# --- streams ---------------------------------------------------------------


class FrameProcessor(Protocol):
    """What a worker does with the newest frame of one stream.

    Called by one worker thread at a time, never by two at once; must return
    within about one inference and must not raise for bad pictures.
    """

    def process(self, frame: Frame) -> Scene: ...


class Stream(Protocol):
    """One camera as the rest of the app sees it. Safe from any thread."""

    @property
    def name(self) -> str: ...

    def submit(self, image: Image) -> None:
        """Offer the newest frame; costs microseconds, drops the one before."""
        ...

    def scene(self) -> Scene | None:
        """The newest result, or None before the first."""
        ...

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        """Messages shown from ``since`` (monotonic seconds) on, oldest first."""
        ...

    def stats(self) -> StreamStats: ...

    def close(self) -> None: ...
