"""What a kiosk shows of a stream."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from face_rec.domain.faces import Box
from face_rec.domain.liveness import NOT_CHECKED, Hold, Judgement, Prompt
from face_rec.domain.marks import Receipt
from face_rec.domain.recognition import Flaw, Verdict

_FRESH: Final = 10.0  # seconds since the last picture
_LIVE: Final = 3.0


class Mood(StrEnum):
    """How a face or a message is shown; each screen has its colours for it."""

    MARKED = "marked"
    ALREADY = "already"
    LOOKING = "looking"
    UNKNOWN = "unknown"
    POOR = "poor"
    PROBLEM = "problem"
    IDLE = "idle"


def mood_of(receipt: Receipt | None) -> Mood:
    """Of somebody who is named: marked, also while that mark is still being made, or before."""
    return Mood.ALREADY if receipt is not None and receipt.already else Mood.MARKED


@dataclass(frozen=True, slots=True)
class Label:
    """One face as the screen should show it; the box is in frame pixels.

    ``problem`` tells the person why no mark was made although they are named; ``flaw`` why they
    cannot be judged; ``hold`` why somebody who is named is not marked, and whom a screen does not
    name then; ``prompt`` what they are asked to do.
    """

    track: int
    box: Box
    verdict: Verdict
    name: str = ""
    score: float = 0.0
    receipt: Receipt | None = None
    margin: float = 0.0
    problem: str = ""
    flaw: Flaw | None = None
    life: Judgement = NOT_CHECKED
    hold: Hold | None = None
    prompt: Prompt | None = None

    @property
    def mood(self) -> Mood:
        if self.hold is not None:
            return Mood.PROBLEM if self.hold.ends else Mood.LOOKING
        named = self.verdict is Verdict.NAMED
        return mood_of(self.receipt) if named else Mood(self.verdict.value)


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

    @property
    def live(self) -> bool:
        """Whether its camera sends pictures at this moment."""
        return self.frame_age is not None and self.frame_age < _LIVE

    @property
    def fresh(self) -> bool:
        """Whether its camera runs: without a picture for longer it gives no sign of life."""
        return self.frame_age is not None and self.frame_age < _FRESH

    @property
    def looks(self) -> bool:
        """Whether its pictures are looked at, too."""
        return self.fresh and self.inference_rate > 0
