"""Whether a face is a person's or a picture's: what was found out about it, and what a kiosk makes
of that.

No word here promises more than was measured: ``LIVE`` says that nothing spoke against it and the
texture models took it for a face; docs/liveness.md says what they do not notice.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from face_rec.languages.language import msgid


class Check(StrEnum):
    """What a kiosk does about liveness. Where no liveness model is installed nothing is measured,
    and ``OBSERVE`` is as ``OFF``."""

    OFF = "off"
    OBSERVE = "observe"  # marks as without; what was found is kept, doubtful marks are reviewed
    ENFORCE = "enforce"  # only a face that was found live is marked
    TURN = "turn"  # and of these only who has turned the head as asked

    @property
    def strict(self) -> bool:
        """Whether only live faces are marked."""
        return self in {Check.ENFORCE, Check.TURN}


class Liveness(StrEnum):
    """What all evidence about one face comes to."""

    LIVE = "live"
    UNSURE = "unsure"
    ATTACK = "attack"


class _Worded(StrEnum):
    """Its value as it is stored, and what it says in words."""

    words: str

    def __new__(cls, value: str, words: str) -> Self:
        one = str.__new__(cls, value)
        one._value_ = value
        one.words = words
        return one


class Cue(_Worded):
    """What speaks for or against a face: its value as it is stored, and what it says in words
    where it speaks against one."""

    TEXTURE = "texture", msgid("its surface looks like that of a print or a screen")
    EDGE = "edge", msgid("the edge of a paper or a screen moves around the face")
    BACKGROUND = (
        "background",
        msgid("what is around the face moves with it"),
    )  # of earlier versions
    PICTURE = "picture", msgid("the whole picture moves with the face")
    TURN = "turn", msgid("the head did not turn as asked")
    COLOUR = "colour", msgid("the face does not shine in the colours of the screen")


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


class Side(StrEnum):
    """To which side a head is turned; the person's own."""

    LEFT = "left"
    RIGHT = "right"


class Colour(StrEnum):
    """What a screen shows to see it on a face, as CSS writes it. All have a relative luminance
    (WCAG 2.2) of 0.40, so that nothing flashes when one follows another, and none is a
    saturated red."""

    TEAL = "#00bbd0"
    GREEN = "#51c051"
    VIOLET = "#b799ff"
    AMBER = "#d6a200"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What somebody is asked to do. ``nonce``: names this turn, and is used once; ``side``: to
    which they turn the head, None: back to the camera. ``done`` of ``turns`` are made, and there
    are ``seconds`` for this one. ``colour``: what the screen shows to somebody who looks at it."""

    nonce: str
    side: Side | None
    done: int
    turns: int
    seconds: float
    colour: Colour | None = None


class Failure(_Worded):
    """Why somebody who was asked to turn the head was not taken for live, in words."""

    WRONG = "wrong", msgid("the head turned to the other side than asked")
    EARLY = "early", msgid("the head turned before it was asked")
    LATE = "late", msgid("the head did not turn in time")
    GONE = "gone", msgid("the face went away before the head had turned as asked")
    SWAPPED = "swapped", msgid("while the head turned another face was there")
    DOUBTED = "doubted", msgid("the head turned as asked, but the picture of it stayed in doubt")
    COLOURS = (
        "colours",
        msgid("what is around the face shone in the screen's colours, the face did not"),
    )


class Hold(StrEnum):
    """Why somebody who is named is not marked at a kiosk that enforces liveness; ``heading``
    and ``text`` tell them so, in English; ``ends``: whether there is nothing they could do before
    it."""

    heading: str
    text: str
    ends: bool

    NEAR = (
        "near", msgid("Step back a little"),
        msgid("The camera must see what is around your head"),
    )  # fmt: skip
    UNSURE = "unsure", msgid("One moment"), msgid("Keep looking at the camera")
    TURN = "turn", msgid("Turn your head"), msgid("as the arrow says")
    ATTACK = "attack", msgid("Not marked"), msgid("This looks like a picture"), True
    FAILED = (
        "failed", msgid("Not marked"), msgid("The head did not turn as the arrows said"), True
    )  # fmt: skip
    PAUSED = (
        "paused", msgid("Wait some minutes"),
        msgid("Too many tries: this face is paused here"), True,
    )  # fmt: skip
    STILL = "still", msgid("Not marked"), msgid("One photo is not enough here"), True
    NO_MODEL = (
        "no_model", msgid("Not marked"),
        msgid("This kiosk cannot tell faces from pictures now"), True,
    )  # fmt: skip

    def __new__(cls, value: str, heading: str, text: str, ends: bool = False) -> Self:
        hold = str.__new__(cls, value)
        hold._value_ = value
        hold.heading, hold.text, hold.ends = heading, text, ends
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
