"""The turns of the head that somebody in doubt is asked for: pure rules.

Each turn goes to a side drawn at random, is asked for only when the head is back from the one
before, and is the next that the head makes: whoever turns to the other side has failed. So a video
that turns by itself answers each with one chance in two, however it moves, and ``turns`` of them
with 2 to the power of -``turns``. A photo shows little yaw: its nose stays where it is
between the eyes until it is turned or bent very far, and then its eyes have drawn together so much
that it is no turn (:mod:`~face_rec.journey.liveness.heading`; docs/liveness.md has the figures).

Up and down would make it four directions; they are not asked for, as the five landmarks do not
tell them reliably: one detector's follow a nod by 0.4 to 1.1 of its degrees, another's hardly.

Times are monotonic seconds, angles degrees of yaw, positive to the person's own left.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from face_rec.domain.liveness import (
    Cue,
    Failure,
    Finding,
    Judgement,
    Liveness,
    Prompt,
    Side,
)
from face_rec.journey.liveness.heading import Heading

TURNS: Final = 5
"""Turns that are asked for at first: luck passes one time in 32, …"""
MORE_TURNS: Final = 7
"""… and after a failed try one time in 128. Three tries before the pause are 4.6 %, where 5 are
aimed at."""
TURNED: Final = 18.0
"""From where the head looked when it was asked: half as far again as the landmarks err (10)."""
FRONT: Final = 10.0
"""Within it the head is back."""
FRAMES: Final = 2
"""Pictures in a row that must agree: one may be wrong."""
REACTION: Final = 0.2
"""Nobody answers faster what they have to read; what turned so early was turning anyway."""
SHOWN_WITHIN: Final = 3.0
"""For the screen to say that it shows the arrow; else nobody was asked."""
TURN_WITHIN, BACK_WITHIN, SEEN_WITHIN = 5.0, 4.0, 2.0
"""For a turn, for the way back, and for the looks after the last one."""
LOOKS_AFTER: Final = 2
"""Looks after the last turn that must name the same person."""
LEANS_LIVE: Final = 0.415
"""Least median of the texture models with which somebody who has turned as asked is live: half way
between where they deny and where they confirm by themselves. Chosen, not measured."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One turn to one side, under a name that is used once."""

    nonce: str
    side: Side


Draw = Callable[[], Ask]


def draw() -> Ask:
    """From the system's random numbers."""
    return Ask(secrets.token_urlsafe(12), secrets.choice(tuple(Side)))


class Phase(Enum):
    ASKED = auto()  # the screen has not said yet that it shows the arrow
    SHOWN = auto()
    TURNED = auto()  # as asked; the way back is waited for
    BACK = auto()  # from the last turn; the looks after it are waited for
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Challenge:
    """What ``subject`` is asked, and how far they are. ``neutral``: how they looked
    at the camera; ``since``: when the phase began; ``to`` and ``frames``: where the head was in
    the newest pictures, and in how many in a row; ``recognised``: whether it was they who turned.
    """

    subject: str
    turns: int
    neutral: Heading
    ask: Ask
    since: float
    phase: Phase = Phase.ASKED
    done: int = 0
    to: Side | None = None
    frames: int = 0
    recognised: bool = False
    failure: Failure | None = None

    @property
    def prompt(self) -> Prompt | None:
        """What the screen shows; None: nothing any more."""
        if self.phase in {Phase.BACK, Phase.FAILED}:
            return None
        away = self.phase is Phase.TURNED
        side, seconds = (None, BACK_WITHIN) if away else (self.ask.side, TURN_WITHIN)
        return Prompt(self.ask.nonce, side, self.done, self.turns, seconds)

    def aside(self, yaw: float) -> bool:
        """Whether a head at ``yaw`` is anywhere but at the front."""
        return abs(yaw - self.neutral.yaw) > FRONT

    def unseen(self, now: float) -> bool:
        """Whether no screen has shown it in time: then nobody was asked, and nobody has failed."""
        return self.phase is Phase.ASKED and now - self.since > SHOWN_WITHIN


def asked(subject: str, failed: int, neutral: Heading, ask: Ask, now: float) -> Challenge:
    """The first turn of ``subject``, who has ``failed`` so many tries lately."""
    return Challenge(subject, MORE_TURNS if failed else TURNS, neutral, ask, now)


def shown(challenge: Challenge, at: float) -> Challenge:
    """The screen has shown the arrow since ``at``."""
    return _phase(challenge, Phase.SHOWN, at) if challenge.phase is Phase.ASKED else challenge


def failed(challenge: Challenge, why: Failure) -> Challenge:
    """What has failed stays so."""
    if challenge.phase is Phase.FAILED:
        return challenge
    return replace(challenge, phase=Phase.FAILED, failure=why)


def moved(challenge: Challenge, head: Heading, now: float, draw: Draw = draw) -> Challenge:
    """After one more picture, in which the head looks like that."""
    one = _late(_counted(challenge, head), now)
    if one.phase is Phase.SHOWN:
        return _turning(one, now)
    if one.phase is Phase.TURNED and one.to is None and one.frames >= FRAMES:
        return one if one.aside(head.yaw) else _back(one, now, draw)
    return one


def recognised(challenge: Challenge) -> Challenge:
    """A look at the turned head was the same person's."""
    return replace(challenge, recognised=True)


def answered(challenge: Challenge, looks: int, life: Judgement, now: float) -> Judgement | Failure:
    """What it comes to when the last turn is made: ``life`` with the turns, live if the models
    lean to it and ``looks`` since name the same person; a failure; or ``life`` itself: not yet."""
    if challenge.failure is not None:
        return challenge.failure
    if challenge.phase is not Phase.BACK or life.verdict is Liveness.ATTACK:
        return life
    leans = life.verdict is Liveness.LIVE or (life.score or 0.0) >= LEANS_LIVE
    if leans and looks >= LOOKS_AFTER:
        found = Finding(Cue.TURN, float(challenge.turns), Liveness.LIVE)
        return replace(life, verdict=Liveness.LIVE, findings=(*life.findings, found))
    return Failure.DOUBTED if now - challenge.since > SEEN_WITHIN else life


def _phase(challenge: Challenge, phase: Phase, now: float) -> Challenge:
    return replace(challenge, phase=phase, since=now, to=None, frames=0)


def _counted(challenge: Challenge, head: Heading) -> Challenge:
    """With the side on which the head is now, and for how many pictures. What is as flat as a
    photo is on none."""
    offset = head.yaw - challenge.neutral.yaw
    aside = abs(offset) >= TURNED and head.deep(challenge.neutral)
    to = None if not aside else Side.LEFT if offset > 0 else Side.RIGHT
    frames = challenge.frames + 1 if to is challenge.to else 1
    return replace(challenge, to=to, frames=frames)


def _late(challenge: Challenge, now: float) -> Challenge:
    within = {Phase.SHOWN: TURN_WITHIN, Phase.TURNED: BACK_WITHIN}.get(challenge.phase)
    late = within is not None and now - challenge.since > within
    return failed(challenge, Failure.LATE) if late else challenge


def _turning(challenge: Challenge, now: float) -> Challenge:
    """The next turn is the answer, whichever it is."""
    if challenge.to is None or challenge.frames < FRAMES:
        return challenge
    if now - challenge.since < REACTION:
        return failed(challenge, Failure.EARLY)
    if challenge.to is not challenge.ask.side:
        return failed(challenge, Failure.WRONG)
    return _phase(challenge, Phase.TURNED, now)


def _back(challenge: Challenge, now: float, draw: Draw) -> Challenge:
    """One turn is made: the next is drawn only now, so that nobody knows it before."""
    if not challenge.recognised:
        return failed(challenge, Failure.SWAPPED)
    done = replace(challenge, done=challenge.done + 1, recognised=False)
    if done.done == done.turns:
        return _phase(done, Phase.BACK, now)
    return _phase(replace(done, ask=draw()), Phase.ASKED, now)
