"""Who a face looks like, and what several looks come to."""

from dataclasses import dataclass
from enum import StrEnum

from face_rec.domain.faces import Quality
from face_rec.domain.liveness import NOT_CHECKED, Judgement


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
class Unnamed:
    """A track that ended without a name. ``match``: whom all of its looks together look most like,
    where each look needs ``threshold`` and ``margin`` to name somebody."""

    kiosk: str
    match: Match
    threshold: float
    margin: float


@dataclass(frozen=True, slots=True)
class Look:
    """One embedded view of a track. ``fused``: whom this view and those before it look like
    together."""

    at: float
    match: Match
    quality: Quality
    fused: Match


class Verdict(StrEnum):
    LOOKING = "looking"
    NAMED = "named"
    UNKNOWN = "unknown"
    POOR = "poor"  # seen, but no look was good enough to judge


class Flaw(StrEnum):
    """Why a face is seen and cannot be judged."""

    SMALL = "small"
    DARK = "dark"
    BRIGHT = "bright"
    FLAT = "flat"  # hardly any contrast: light from behind, or fog
    COVERED = "covered"
    TURNED = "turned"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the looks of one track come to. ``life``: whether the face is a person's; nothing of it
    decides who they are."""

    verdict: Verdict
    subject: str | None
    score: float
    margin: float
    looks: int
    life: Judgement = NOT_CHECKED
