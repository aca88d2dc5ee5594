"""A presentation answers the real challenge, try after try, until the pause.

The texture models are taken to be deceived and nothing to speak against it otherwise: what is
counted is what the turns alone keep out.
"""

from typing import Final

import numpy as np

from face_rec.domain.liveness import Failure
from face_rec.journey.liveness import challenge as rules
from face_rec.journey.liveness.challenge import Challenge, Phase
from face_rec.journey.liveness.step_ups import TRIES
from face_rec.journey.step_up import STRAIGHT, TOLD_FOR
from tests.turns.movements import Movement
from tests.turns.views import Views

RATE: Final = 10
"""Pictures a second that are worked on."""
SHOWN_AFTER: Final = 0.2
"""Seconds until the arrow is on the screen."""


def tries(
    views: Views, movement: Movement, random: np.random.Generator
) -> list[tuple[Failure | None, float]]:
    """What each try came to (None: it passed, and was the last), and the seconds it took."""
    came: list[tuple[Failure | None, float]] = []
    now = 0.0
    while len(came) < TRIES:
        began = now
        one, now = one_try(views, movement, len(came), now, random)
        came.append((one.failure, now - began))
        if one.failure is None:
            break
        now = _straight(views, movement, now + TOLD_FOR, random)
    return came


def one_try(
    views: Views, movement: Movement, failed: int, now: float, random: np.random.Generator
) -> tuple[Challenge, float]:
    """How a try after ``failed`` ones ends, and when."""
    front = views.front
    assert front is not None
    one = rules.asked("victim", failed, front.heading, rules.draw(), now)
    while one.phase not in {Phase.BACK, Phase.FAILED}:
        now += 1 / RATE
        if now - one.since >= SHOWN_AFTER:
            one = rules.shown(one, now)
        prompt = one.prompt if one.phase is not Phase.ASKED else None
        reading = views.at(movement(prompt.side if prompt else None, now), random)
        if reading is None:
            one = rules.moved(one, front.heading, now) if _out_of_time(one, now) else one
            continue
        one = rules.moved(one, reading.heading, now)
        if reading.own and one.aside(reading.heading.yaw):
            one = rules.recognised(one)
    return one, now


def _straight(views: Views, movement: Movement, now: float, random: np.random.Generator) -> float:
    """When it faces the camera again, so that it is asked anew; who is held that long goes on."""
    for _ in range(30 * RATE):
        seen = views.at(movement(None, now), random)
        if seen is not None and abs(seen.heading.yaw) <= STRAIGHT:
            break
        now += 1 / RATE
    return now


def _out_of_time(one: Challenge, now: float) -> bool:
    """Whether a kiosk would not wait any longer for a face that it does not find."""
    return now - one.since > rules.TURN_WITHIN
