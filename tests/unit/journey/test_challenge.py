"""The rules of the turns that somebody in doubt is asked for, of their tries and of the pause."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.liveness import (
    Cue,
    Failure,
    Judgement,
    Liveness,
    Side,
)
from face_rec.journey.liveness import challenge as rules
from face_rec.journey.liveness.challenge import Challenge, Phase
from face_rec.journey.liveness.heading import Heading
from face_rec.journey.liveness.step_ups import LATELY, PAUSE, TRIES, StepUps
from tests.fakes.asks import Asks

FRAME = 0.1
DOUBT = Judgement(Liveness.UNSURE, 0.45)
LEFT, RIGHT = Side.LEFT, Side.RIGHT
YAW = {LEFT: 30.0, RIGHT: -30.0, None: 0.0}
FRONT = Heading(0.0, wide=1.0)
TURNS = rules.TURNS


def turned(yaw: float) -> Heading:
    """As a head looks that is turned so far."""
    return Heading(yaw, wide=math.cos(math.radians(yaw)))


def flat(yaw: float) -> Heading:
    """As a photo looks whose nose says so: turned in a hand by three times as much."""
    return Heading(yaw, wide=math.cos(math.radians(3 * yaw)))


def run(asks: Asks, turns: Sequence[Side | None], dwell: int = 5, seen: bool = True) -> Challenge:
    """A head that makes these turns, each as soon as it was shown that one is wanted."""
    one, now = rules.asked("ann", 0, FRONT, asks(), 0.0), 0.0
    for side in turns:
        one = rules.shown(one, now)
        now += rules.REACTION + FRAME
        for yaw in [YAW[side]] * dwell + [0.0] * dwell:
            now += FRAME
            one = rules.moved(one, turned(yaw), now, asks)
            if seen and one.phase is Phase.TURNED:
                one = rules.recognised(one)
    return one


def verdict(one: Challenge, looks: int = 9, life: Judgement = DOUBT) -> Judgement | Failure:
    return rules.answered(one, looks, life, one.since)


# --- the rules


def test_whoever_turns_to_each_side_as_asked_is_live_if_the_models_lean_to_it() -> None:
    sides = [LEFT, RIGHT, RIGHT, LEFT, LEFT]
    one = run(Asks(*sides), sides)
    assert (one.phase, one.done) == (Phase.BACK, 5)
    life = verdict(one)
    assert isinstance(life, Judgement)
    assert life.verdict is Liveness.LIVE
    assert life.findings[-1].cue is Cue.TURN


@pytest.mark.parametrize("asked", list(product(Side, repeat=TURNS)), ids=str)
def test_of_all_ways_to_turn_one_in_32_answers(asked: tuple[Side, ...]) -> None:
    all_ways = product(Side, repeat=TURNS)
    passed = [turns for turns in all_ways if run(Asks(*asked), turns).phase is Phase.BACK]
    assert passed == [asked]


def test_a_video_that_turns_all_the_time_passes_no_more_often_than_the_sides_allow() -> None:
    """Whatever its pace, and wherever in it it is asked: never more than 1 in 2 for each turn."""
    for dwell in (1, 2, 4, 8, 16):
        for start in range(4):
            turns = [LEFT, RIGHT] * 8
            passed = sum(
                run(Asks(*asked), turns[start:], dwell).phase is Phase.BACK
                for asked in product(Side, repeat=TURNS)
            )
            assert passed <= 1


def test_who_turns_to_the_other_side_has_failed_and_cannot_make_it_good() -> None:
    one = run(Asks(LEFT), [RIGHT, LEFT, LEFT, LEFT])
    assert one.failure is Failure.WRONG


def test_one_wrong_picture_is_no_turn() -> None:
    one = rules.shown(rules.asked("ann", 0, FRONT, Asks(LEFT)(), 0.0), 0.0)
    for number, yaw in enumerate([0, 0, -40, 0, 25, 0, 25, 25]):
        one = rules.moved(one, turned(yaw), 1 + FRAME * number, Asks())
    assert one.phase is Phase.TURNED


def test_a_head_that_was_turning_when_it_was_asked_has_failed() -> None:
    one = rules.shown(rules.asked("ann", 0, FRONT, Asks(LEFT)(), 0.0), 0.0)
    for number in range(3):
        one = rules.moved(one, turned(30), 0.05 * number, Asks())
    assert one.failure is Failure.EARLY


def test_a_turn_counts_only_once_the_screen_has_shown_it() -> None:
    one = rules.asked("ann", 0, FRONT, Asks(LEFT)(), 0.0)
    for number in range(20):
        one = rules.moved(one, turned(30), FRAME * number, Asks())
    assert (one.phase, one.failure) == (Phase.ASKED, None)
    assert one.unseen(rules.SHOWN_WITHIN + 0.1)


def test_the_next_side_is_drawn_when_the_head_is_back() -> None:
    asks = Asks(LEFT, RIGHT)
    one = rules.shown(rules.asked("ann", 0, FRONT, asks(), 0.0), 0.0)
    one = rules.moved(rules.moved(one, turned(30), 0.5, asks), turned(30), 0.6, asks)
    assert one.prompt is not None
    assert (one.prompt.side, one.ask.nonce) == (None, "n1")
    one = rules.recognised(one)
    one = rules.moved(rules.moved(one, FRONT, 0.9, asks), FRONT, 1.0, asks)
    assert one.prompt is not None
    assert (one.prompt.side, one.ask.nonce, one.prompt.done) == (RIGHT, "n2", 1)


def test_a_face_from_the_side_that_is_not_the_same_persons_is_not_taken() -> None:
    assert run(Asks(LEFT), [LEFT], seen=False).failure is Failure.SWAPPED


def test_where_the_camera_hangs_aside_straight_is_where_they_looked_when_asked() -> None:
    one = rules.shown(rules.asked("ann", 0, turned(14), Asks(RIGHT)(), 0.0), 0.0)
    one = rules.moved(rules.moved(one, turned(-6), 0.5, Asks()), turned(-6), 0.6, Asks())
    assert one.phase is Phase.TURNED


@pytest.mark.parametrize(
    ("looks", "life"),
    [
        (1, DOUBT),
        (9, replace(DOUBT, score=0.4)),
        (9, replace(DOUBT, score=None)),
        (9, replace(DOUBT, verdict=Liveness.ATTACK)),
    ],
    ids=str,
)
def test_turning_alone_makes_nobody_live(looks: int, life: Judgement) -> None:
    one = run(Asks(), [LEFT] * TURNS)
    assert verdict(one, looks, life) is life
    late = rules.answered(one, looks, life, one.since + rules.SEEN_WITHIN + 1)
    assert late in {Failure.DOUBTED, life}
    assert late is life if life.verdict is Liveness.ATTACK else late is Failure.DOUBTED


@given(st.floats(0, 60), st.lists(st.sampled_from([0.0, 5.0, -9.0, 12.0, -17.0]), max_size=40))
def test_time_alone_never_makes_anybody_live(pace: float, yaws: list[float]) -> None:
    one = rules.shown(rules.asked("ann", 0, FRONT, Asks(LEFT)(), 0.0), 0.0)
    for number, yaw in enumerate(yaws, 1):
        one = rules.recognised(rules.moved(one, turned(yaw), number * pace, Asks()))
        answer = rules.answered(one, 9, DOUBT, number * pace)
        assert not isinstance(answer, Judgement) or answer.verdict is not Liveness.LIVE


movements = st.lists(
    st.tuples(st.floats(-60, 60), st.floats(0.01, 3), st.booleans(), st.booleans()), max_size=60
)


@given(st.lists(st.sampled_from(list(Side)), min_size=12, max_size=12), movements)
def test_however_a_head_moves_nobody_is_live_before_all_turns_are_made_and_none_once_it_failed(
    sides: list[Side], pictures: list[tuple[float, float, bool, bool]]
) -> None:
    asks = Asks(*sides)
    one, now, was_failed = rules.asked("ann", 0, FRONT, asks(), 0.0), 0.0, False
    for yaw, step, shown, same in pictures:
        now += step
        one = rules.shown(one, now) if shown else one
        one = rules.moved(one, turned(yaw), now, asks)
        one = rules.recognised(one) if same else one
        answer = rules.answered(one, 9, DOUBT, now)
        live = isinstance(answer, Judgement) and answer.verdict is Liveness.LIVE
        assert not live or (one.done == one.turns and not was_failed)
        was_failed = was_failed or one.failure is not None


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 9))
def test_models_that_lean_more_to_live_never_make_a_face_less_so(
    score: float, more: float, looks: int
) -> None:
    one = run(Asks(), [LEFT] * TURNS)
    low, high = sorted((score, more))
    less, better = (verdict(one, looks, replace(DOUBT, score=s)) for s in (low, high))
    assert isinstance(less, Judgement)
    assert isinstance(better, Judgement)
    assert better.verdict is Liveness.LIVE or less.verdict is not Liveness.LIVE


def test_five_turns_are_asked_for_at_first_and_seven_after_a_failed_try() -> None:
    turns = [rules.asked("ann", tries, FRONT, Asks()(), 0.0).turns for tries in range(TRIES)]
    assert turns == [5, 7, 7]


def test_all_tries_before_the_pause_together_pass_by_luck_in_less_than_one_of_twenty() -> None:
    asked = (rules.asked("ann", tries, FRONT, Asks()(), 0.0).turns for tries in range(TRIES))
    assert 1 - math.prod(1 - 0.5**turns for turns in asked) == pytest.approx(0.046, abs=5e-4)


# --- what is as flat as a photo


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("asked", Side)
def test_a_photo_turned_in_a_hand_is_no_turn_to_either_side(side: Side, asked: Side) -> None:
    """Its nose says 20 degrees, and its eyes have drawn together as only 60 would draw them."""
    one = rules.shown(rules.asked("ann", 0, FRONT, Asks(asked)(), 0.0), 0.0)
    yaw = math.copysign(20, YAW[side])
    for number in range(1, round(rules.TURN_WITHIN / FRAME)):
        one = rules.moved(one, flat(yaw), FRAME * number, Asks())
        assert (one.phase, one.failure) == (Phase.SHOWN, None)
    assert rules.moved(one, flat(yaw), rules.TURN_WITHIN + 1, Asks()).failure is Failure.LATE


def test_a_head_that_looks_flat_for_a_picture_turns_all_the_same() -> None:
    one = rules.shown(rules.asked("ann", 0, FRONT, Asks(LEFT)(), 0.0), 0.0)
    for number, head in enumerate([FRONT, flat(20), turned(20), flat(21), turned(22), turned(23)]):
        one = rules.moved(one, head, 1 + FRAME * number, Asks())
    assert one.phase is Phase.TURNED


@given(st.floats(0, 40), st.floats(0.5, 2))
def test_the_eyes_of_a_head_draw_together_by_the_cosine_however_wide_they_stand(
    yaw: float, wide: float
) -> None:
    """And so it counts as deep, as long as they are read within a quarter of that."""
    front = Heading(0.0, wide)
    for share, deep in ((1.0, True), (0.8, True), (0.7, False)):
        seen = Heading(yaw, share * wide * math.cos(math.radians(yaw)))
        assert seen.deep(front) is deep


def test_sides_are_drawn_at_random_and_each_under_another_name() -> None:
    asks = [rules.draw() for _ in range(400)]
    assert len({one.nonce for one in asks}) == 400
    assert 100 < sum(one.side is LEFT for one in asks) < 300  # 1 in 10^23 outside


# --- nonces, and failed tries


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(["door", "gate"]), st.floats(0, 5)),
        max_size=40,
    )
)
def test_no_turn_is_ever_shown_twice_nor_at_another_kiosk_nor_late(
    said: list[tuple[int, str, float]],
) -> None:
    shared, now = StepUps(), 0.0
    asks = [shared.ask("door", now) for _ in range(5)]
    taken: list[int] = []
    for number, kiosk, step in said:
        now += step
        if shared.show(kiosk, asks[number].nonce, now):
            assert kiosk == "door"
            assert number not in taken
            assert now <= rules.SHOWN_WITHIN
            taken.append(number)
    assert not shared.show("door", "made-up", now)


def test_five_failed_tries_in_three_minutes_pause_a_face_at_a_kiosk_and_nobody_else() -> None:
    shared = StepUps()
    for number in range(TRIES):
        assert not shared.paused("door", "ann", number)
        shared.fail("door", "ann", number)
    now = float(TRIES)
    assert shared.paused("door", "ann", now)
    assert not shared.paused("door", "bob", now)
    assert not shared.paused("gate", "ann", now)
    assert not shared.paused("door", "ann", now + PAUSE)
    assert shared.failed("door", "ann", now) == 0


def test_tries_of_more_than_three_minutes_ago_are_forgotten() -> None:
    shared = StepUps()
    for number in range(20):
        shared.fail("door", "ann", number * (LATELY / (TRIES - 1) + 1))
        assert not shared.paused("door", "ann", number * (LATELY / (TRIES - 1) + 1))


# --- a kiosk that enforces
