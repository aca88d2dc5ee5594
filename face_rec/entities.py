"""What passes between the stages: frozen values, no behaviour of their own.

Pictures are BGR ``uint8`` arrays of shape (H, W, 3), as OpenCV has them.
Embeddings are ``float32`` and L2-normalised, so that a dot product is the
cosine. Times are aware datetimes in UTC; ``taken_at`` and other durations are
monotonic seconds.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, BGR."""
Vector = npt.NDArray[np.float32]
"""(D,) float32, L2-normalised."""
Matrix = npt.NDArray[np.float32]
"""(N, D) float32, rows L2-normalised."""
Landmarks = npt.NDArray[np.float32]
"""(5, 2) float32 pixels: left eye, right eye, nose, mouth left, mouth right,
as they appear in the picture."""


# --- a frame and what is seen in it ----------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a stream."""

    image: Image
    number: int
    taken_at: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        return self.width * self.height


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face. ``score`` is the detector's, 0 to 1."""

    box: Box
    score: float
    landmarks: Landmarks


class View(StrEnum):
    """From where a face is seen; left and right are the person's own."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of one face in one picture.

    ``size``: shorter side of the box, px. ``sharpness``: variance of the
    Laplacian of the aligned grey crop. ``brightness``: mean grey of that crop,
    0 to 255. ``contrast``: its standard deviation. ``yaw``, ``pitch``, ``roll``: degrees,
    estimated from the five landmarks; yaw is positive when the person turns to their
    own left, pitch when they look up. ``score``: all of it in one number,
    0 (useless) to 1 (ideal), for choosing between views.
    """

    size: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    roll: float
    detector_score: float
    view: View
    score: float


# --- people ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contract:
    """What makes two embeddings comparable.

    ``digest`` covers the recognition model's file and its preprocessing;
    templates of another digest are never compared.
    """

    digest: str
    dimension: int


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """All there is to know of a template but the embedding itself."""

    slot: int
    view: View
    quality: float
    contract: str
    added_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One enrolled look at a person."""

    info: TemplateInfo
    vector: Vector


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to, and when; ``withdrawn_at`` ends it."""

    text: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def valid(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which somebody was deactivated: they had left, and came back."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A group that somebody was in before, and until when."""

    group: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A registered person, without embeddings.

    ``subject`` is random and never used again; ``id`` is the customer's own.
    ``version`` counts the changes, for optimistic locking. ``photo`` is the
    snapshot key of the best enrolment photo. ``deactivated_at``, ``pauses`` and
    ``moved`` (oldest first) are kept by the store: nothing but switching somebody off or on, or
    another group, changes them.
    """

    subject: str
    id: str
    name: str
    group: str = ""
    email: str = ""
    active: bool = True
    consent: Consent | None = None
    photo: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 0
    templates: tuple[TemplateInfo, ...] = ()
    deactivated_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    moved: tuple[Moved, ...] = ()

    @property
    def matchable(self) -> bool:
        """Whether the gallery may hold this person."""
        return self.active and self.consent is not None and self.consent.valid


class ChangeKind(StrEnum):
    PUT = "put"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the gallery's change stream; revisions have no gaps."""

    revision: int
    kind: ChangeKind
    subject: str


@dataclass(frozen=True, slots=True, eq=False)
class GalleryEntry:
    """What the gallery holds of one person: rows of one contract only."""

    subject: str
    vectors: Matrix


# --- recognition -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """Best person for one probe; ``subject`` is None in an empty gallery.

    ``score``: half best template, half centroid (cosine). ``margin``: to the
    best *other* person; equal to ``score`` + 1 when there is none.
    """

    subject: str | None
    score: float
    margin: float


NO_MATCH = Match(subject=None, score=-1.0, margin=0.0)


@dataclass(frozen=True, slots=True)
class Look:
    """One embedded view of a track. ``liveness`` is None when not checked."""

    at: float
    match: Match
    quality: Quality
    liveness: float | None = None


class Verdict(StrEnum):
    LOOKING = "looking"
    NAMED = "named"
    UNKNOWN = "unknown"
    POOR = "poor"  # seen, but no look was good enough to judge


@dataclass(frozen=True, slots=True)
class Decision:
    """What the looks of one track come to."""

    verdict: Verdict
    subject: str | None
    score: float
    margin: float
    looks: int
    liveness: float | None = None


# --- attendance ------------------------------------------------------------


class EventKind(StrEnum):
    PUNCH = "punch"  # direction decided by the rules
    IN = "in"
    OUT = "out"
    VOID = "void"
    RETYPE = "retype"
    CONFIRM = "confirm"
    DISPUTE = "dispute"


class Source(StrEnum):
    VIDEO = "video"
    STILL = "still"
    PIN = "pin"
    MANUAL = "manual"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a day's attendance list; appended, never changed.

    ``at`` decides the UTC day that holds it. A correction names the event it
    corrects in ``target``, and says who (``author``), why (``reason``) and
    when (``recorded_at``); ``retype`` carries the new kind in ``becomes``.
    """

    id: str
    subject: str
    at: datetime
    kind: EventKind
    source: Source
    kiosk: str
    score: float | None = None
    margin: float | None = None
    liveness: float | None = None
    snapshot: str | None = None
    contract: str | None = None
    target: str | None = None
    becomes: EventKind | None = None
    author: str | None = None
    reason: str | None = None
    recorded_at: datetime | None = None


class Outcome(StrEnum):
    MARKED = "marked"  # Redis has it
    SAVED_HERE = "saved_here"  # fsynced to the journal; Redis will get it
    ALREADY = "already"  # within the cooldown; nothing was written
    REPEATED = "repeated"  # this very event was there before (a replay)
    DRY_RUN = "dry_run"  # recognised, but writing was turned off on purpose


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an event. ``previous_at`` is the mark that stands when
    the outcome is ALREADY."""

    event: Event
    outcome: Outcome
    previous_at: datetime | None = None


# --- what a kiosk shows ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """One face as the screen should show it; the box is in frame pixels.

    ``problem`` tells the person why no mark was made although they are named.
    """

    track: int
    box: Box
    verdict: Verdict
    name: str = ""
    score: float = 0.0
    receipt: Receipt | None = None
    margin: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """The newest result of a stream: what is drawn until the next one."""

    frame_number: int
    taken_at: float
    width: int
    height: int
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Greeting:
    """A message for the person at the door."""

    receipt: Receipt
    name: str
    shown_from: float  # monotonic seconds


@dataclass(frozen=True, slots=True)
class StreamStats:
    """Counters of one stream since it started; rates over the last seconds."""

    frames: int = 0
    dropped: int = 0
    inferred: int = 0
    frame_rate: float = 0.0
    inference_rate: float = 0.0
    time_to_mark: float | None = None
    frame_age: float | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One line of /readyz: ``ok`` False makes the app not ready, ``warning``
    does not. ``advice`` says what to do."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    warning: bool = False
    extra: dict[str, str] = field(default_factory=dict)
