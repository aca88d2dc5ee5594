"""Decide: whether looks name somebody. Pure rules, no clock, no models; only the last question,
whether that person is still enrolled, goes to the store.

In video a name takes several agreeing looks of one track, whose mean must name the same person at
the limits of a still (:mod:`face_rec.journey.fusion`). A look that names nobody,
or somebody else, counts against: ignoring those is how strangers get names. A
deliberate still has only one look, and must do better with it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from face_rec.domain.errors import StoreError
from face_rec.domain.recognition import Decision, Look, Match, Verdict
from face_rec.journey.same_view import SAME
from face_rec.protocols.models import Calibration
from face_rec.protocols.people_store import Directory

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of recognition; ``threshold`` and ``margin`` override the calibration.

    ``looks``: agreeing looks that name a track in video. ``window``: newest looks that
    count. ``gap``: least seconds between two looks, so that they are different views.
    ``min_face``: narrowest face judged, px. ``still_people``: a still keeps the promise of
    a gallery this many times as large, and needs ``still_margin`` times the margin.
    ``still_threshold``: what it must have more where a setting overrides the calibration.
    ``same``: how unlike a view must be to those looked at before to count as another one
    (:mod:`face_rec.journey.same_view`).
    """

    threshold: float | None = None
    margin: float | None = None
    looks: int = 3
    window: int = 5
    gap: float = 0.05
    min_face: float = 40.0
    still_people: int = 2
    still_threshold: float = 0.02
    still_margin: float = 1.25
    same: float = SAME


@dataclass(frozen=True, slots=True)
class Limits:
    """What a match must reach to name somebody."""

    threshold: float
    margin: float


@dataclass(frozen=True, slots=True)
class TrackLimits:
    """``look``: for each look of a track; ``fused``: for all of them together."""

    look: Limits
    fused: Limits


def track_limits(policy: Policy, calibration: Calibration, templates: int) -> TrackLimits:
    """For a track, with so many ``templates`` enrolled."""
    return TrackLimits(
        video_limits(policy, calibration, templates),
        still_limits(policy, calibration, templates),
    )


def video_limits(policy: Policy, calibration: Calibration, templates: int) -> Limits:
    """For looks of a track, with so many ``templates`` enrolled."""
    threshold, margin = policy.threshold, policy.margin
    return Limits(
        calibration.threshold(templates) if threshold is None else threshold,
        calibration.margin(templates) if margin is None else margin,
    )


def still_limits(policy: Policy, calibration: Calibration, templates: int) -> Limits:
    """For the lone look of a still: stricter, because nothing else backs it."""
    limits = video_limits(policy, calibration, templates * policy.still_people)
    extra = 0.0 if policy.threshold is None else policy.still_threshold
    return replace(
        limits,
        threshold=limits.threshold + extra,
        margin=limits.margin * policy.still_margin,
    )


def vote(look: Look, limits: Limits) -> str | None:
    """Whom one look names; None means it speaks for nobody."""
    return named(look.match, limits)


def named(match: Match, limits: Limits) -> str | None:
    """Whom ``match`` names, if anybody."""
    good = match.score >= limits.threshold and match.margin >= limits.margin
    return match.subject if good else None


def agreed(looks: Sequence[Look], limits: Limits, policy: Policy) -> str | None:
    """Whom the newest looks agree on: ``policy.looks`` of them, and twice as many as speak
    against it."""
    looks = looks[-policy.window :]
    subject, agreeing = leader([vote(look, limits) for look in looks])
    enough = agreeing >= policy.looks and agreeing >= 2 * (len(looks) - agreeing)
    return subject if enough else None


def decide(looks: Sequence[Look], limits: TrackLimits, policy: Policy) -> Decision:
    """What the newest looks of one track come to: a name where they agree, and where all of
    them together say the same."""
    looks = looks[-policy.window :]
    subject = agreed(looks, limits.look, policy)
    if subject is not None and named(looks[-1].fused, limits.fused) == subject:
        agreeing = [look for look in looks if vote(look, limits.look) == subject]
        return _summary(Verdict.NAMED, subject, agreeing, len(looks))
    verdict = Verdict.UNKNOWN if len(looks) >= policy.looks else Verdict.LOOKING
    return _summary(verdict, None, looks, len(looks))


def decide_still(look: Look, limits: Limits) -> Decision:
    """What the one look of a still comes to."""
    subject = vote(look, limits)
    verdict = Verdict.UNKNOWN if subject is None else Verdict.NAMED
    return _summary(verdict, subject, [look], 1)


def one_each(decisions: Mapping[Key, Decision]) -> dict[Key, Decision]:
    """Nobody is in one picture twice: of two faces with one name the better score keeps it."""
    best: dict[str, Key] = {}
    for key, decision in decisions.items():
        subject = decision.subject
        if subject and (subject not in best or decision.score > decisions[best[subject]].score):
            best[subject] = key
    return {
        key: nobody(d) if d.subject and best[d.subject] != key else d
        for key, d in decisions.items()
    }


def nobody(decision: Decision) -> Decision:
    """``decision`` without the name it came to."""
    return replace(decision, verdict=Verdict.UNKNOWN, subject=None)


def still_enrolled(directory: Directory, subject: str, within: float = 0.0) -> bool | None:
    """Whether the store has the person and lets them be matched, as of at most ``within``
    seconds ago; None while it cannot be asked.

    The gallery cannot tell: it follows the store within a second, and later where it is being
    rebuilt or its process is cut off. Whoever was deleted or deactivated in another process must
    not be named meanwhile.
    """
    try:
        person = directory.latest(subject, within)
    except StoreError:
        return None
    return person is not None and person.matchable


def leader(votes: Sequence[str | None]) -> tuple[str | None, int]:
    """Whom most of the votes name, and how many; (None, 0) if they name nobody."""
    counts = Counter(subject for subject in votes if subject is not None)
    return counts.most_common(1)[0] if counts else (None, 0)


def _summary(
    verdict: Verdict, subject: str | None, looks: Sequence[Look], counted: int
) -> Decision:
    """Mean score and margin of ``looks``."""
    if not looks:
        return Decision(verdict, subject, score=-1.0, margin=0.0, looks=0)
    return Decision(
        verdict,
        subject,
        score=sum(look.match.score for look in looks) / len(looks),
        margin=sum(look.match.margin for look in looks) / len(looks),
        looks=counted,
    )
