"""The colours that a screen shows to somebody who has turned the head: pure rules.

Each colour is drawn when the one before has been seen, and counts only once the screen has said
that it shows it. All are equally bright, none is a saturated red, and they change twice a second
at most, so that nothing flashes as WCAG 2.2, 2.3.1 means it; they stay a choice of the office all
the same. What cannot be seen says nothing: then the turns of the head decide alone.

Times are monotonic seconds.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

from face_rec.domain.liveness import Colour, Cue, Finding, Liveness, Prompt
from face_rec.journey.liveness.reflection import Answer, Light, Reflection, answer, reflection

COLOURS: Final = 6
"""Shown one after another: 972 ways, each unlike the one before."""
DWELL: Final = 0.7
"""Seconds for which each is shown at least …"""
LATENCY: Final = 0.35
"""… and after which a picture shows it: a video lies that far behind."""
PICTURES: Final = 2
"""Of each colour, at least."""
WITHIN: Final = 3.0
"""Seconds for a colour to be shown and seen; else nothing is said of it."""


@dataclass(frozen=True, slots=True)
class ColourAsk:
    """One colour, under a name that is used once."""

    nonce: str
    colour: Colour


Draw = Callable[[Colour | None], ColourAsk]


def draw(before: Colour | None) -> ColourAsk:
    """Another than ``before``, from the system's random numbers."""
    others = [one for one in Colour if one is not before]
    return ColourAsk(secrets.token_urlsafe(12), secrets.choice(others))


@dataclass(frozen=True, slots=True)
class ColourCheck:
    """What is shown now, ``since`` when it was asked for, and ``lights``, what was seen of it;
    ``done``: the colours before, and what was seen of those."""

    ask: ColourAsk
    since: float
    lights: tuple[Light, ...] = ()
    done: tuple[tuple[Colour, Light], ...] = ()
    ended: bool = False

    @property
    def prompt(self) -> Prompt | None:
        """What the screen shows; None: nothing any more."""
        if self.ended:
            return None
        return Prompt(
            self.ask.nonce, None, len(self.done), COLOURS, WITHIN, colour=self.ask.colour
        )


def seen(
    check: ColourCheck, shown: float | None, light: Light | None, now: float, draw: Draw = draw
) -> ColourCheck:
    """After one more picture. ``shown``: since when the screen shows the colour, None: it has not
    said so; ``light``: on the face in the picture, None: it was not to be seen."""
    if check.ended:
        return check
    if now - check.since > WITHIN:
        return replace(check, ended=True)
    if shown is None or light is None or now - shown < LATENCY:
        return check
    lights = (*check.lights, light)
    if now - shown < DWELL or len(lights) < PICTURES:
        return replace(check, lights=lights)
    done = (*check.done, (check.ask.colour, _mean(lights)))
    if len(done) == COLOURS:
        return replace(check, done=done, lights=(), ended=True)
    return ColourCheck(draw(check.ask.colour), now, done=done)


def found(check: ColourCheck) -> tuple[Reflection, Finding]:
    """What an ended check came to; a colour that was never seen makes it UNSEEN."""
    if len(check.done) < COLOURS:
        return Reflection.UNSEEN, Finding(Cue.COLOUR, 0.0, Liveness.UNSURE)
    colours, lights = [one for one, _ in check.done], [light for _, light in check.done]
    face = _answer(colours, [one.face for one in lights])
    below = _answer(colours, [one.below for one in lights])
    came = Reflection.UNSEEN if face is None else reflection(face, below)
    says = Liveness.LIVE if came is Reflection.SEEN else Liveness.UNSURE
    return came, Finding(Cue.COLOUR, face.share if face else 0.0, says)


def _answer(
    colours: Sequence[Colour], places: Sequence[tuple[float, float] | None]
) -> Answer | None:
    """Of one place, if it was seen in each colour."""
    known = [one for one in places if one is not None]
    return answer(colours, known) if len(known) == len(places) else None


def _mean(lights: Sequence[Light]) -> Light:
    return Light(_middle([one.face for one in lights]), _middle([one.below for one in lights]))


def _middle(places: Sequence[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [one for one in places if one is not None]
    return (fmean(a for a, _ in known), fmean(b for _, b in known)) if known else None
