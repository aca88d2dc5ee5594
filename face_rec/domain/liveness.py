"""Whether a face is a person's or a picture's: what was found out about it, and what a kiosk makes
of that.

No word here promises more than was measured: ``LIVE`` says that nothing spoke against it and the
texture models took it for a face; docs/liveness.md says what they do not notice.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Check(StrEnum):
    """What a kiosk does about liveness. Where no liveness model is installed nothing is measured,
    and ``OBSERVE`` is as ``OFF``."""

    OFF = "off"
    OBSERVE = "observe"  # marks as without; what was found is kept, doubtful marks are reviewed
    ENFORCE = "enforce"  # only a face that was found live is marked


class Liveness(StrEnum):
    """What all evidence about one face comes to."""

    LIVE = "live"
    UNSURE = "unsure"
    ATTACK = "attack"


class Cue(StrEnum):
    """What speaks for or against a face: its value as it is stored, and what it says in words
    where it speaks against one."""

    words: str

    TEXTURE = "texture", "its surface looks like that of a print or a screen"
    EDGE = "edge", "the edge of a paper or a screen moves around the face"
    BACKGROUND = "background", "what is around the face moves with it"

    def __new__(cls, value: str, words: str) -> Self:
        cue = str.__new__(cls, value)
        cue._value_ = value
        cue.words = words
        return cue


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence. ``value``: what was measured, in the cue's own unit; ``says``: what
    it speaks for; UNSURE: it was measured and decides nothing. A cue that had nothing to measure
    makes no finding."""

    cue: Cue
    value: float
    says: Liveness


@dataclass(frozen=True, slots=True)
class Judgement:
    """``score``: median of the texture models over the looks, 0 to 1; None: no look could be
    measured. ``near``: because the face was too near, or too close to the picture's edge."""

    verdict: Liveness
    score: float | None = None
    findings: tuple[Finding, ...] = ()
    near: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks against it, in words."""
        return reasons(self.findings)


def reasons(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """What speaks against a face, in words."""
    return tuple(one.cue.words for one in findings if one.says is Liveness.ATTACK)


NOT_CHECKED: Final = Judgement(Liveness.UNSURE)
"""Of a face of which nothing was measured."""


class Hold(StrEnum):
    """Why somebody who is named is not marked at a kiosk that enforces liveness; ``heading``
    and ``text`` tell them what they may do."""

    heading: str
    text: str

    NEAR = "near", "Step back a little", "The camera must see what is around your head"
    UNSURE = "unsure", "Turn your head a little", "then look at the camera again"
    ATTACK = "attack", "Not marked", "This looks like a picture. Come yourself, or use your PIN"
    STILL = "still", "Not marked", "One photo is not enough here. Use your PIN, or ask the office"
    NO_MODEL = (
        "no_model", "Not marked", "This kiosk cannot tell faces from pictures now. Ask the office"
    )  # fmt: skip

    def __new__(cls, value: str, heading: str, text: str) -> Self:
        hold = str.__new__(cls, value)
        hold._value_ = value
        hold.heading, hold.text = heading, text
        return hold


def hold_of(judgement: Judgement) -> Hold | None:
    """What keeps a face of a video from being marked where only live ones are; None: nothing."""
    if judgement.verdict is Liveness.LIVE:
        return None
    if judgement.verdict is Liveness.ATTACK:
        return Hold.ATTACK
    if judgement == NOT_CHECKED:
        return Hold.NO_MODEL
    return Hold.NEAR if judgement.near else Hold.UNSURE
