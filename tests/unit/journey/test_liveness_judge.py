"""What the evidence about a face comes to: pure rules."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.liveness import (
    NOT_CHECKED,
    Cue,
    Finding,
    Hold,
    Judgement,
    Liveness,
    hold_of,
)
from face_rec.journey.liveness.error_rates import Rate, Seen, counted, rate
from face_rec.journey.liveness.error_words import rows, told
from face_rec.journey.liveness.evidence import WINDOW, Evidence, Sighting
from face_rec.journey.liveness.judge import (
    ATTACK_BELOW,
    LIVE_FROM,
    LOOKS,
    LivenessCounts,
    judge,
)
from tests.fakes.journey import a_face

scores = st.none() | st.floats(0, 1)


def evidence(*textures: float | None) -> Evidence:
    found = Evidence()
    for number, texture in enumerate(textures):
        found = found.add(Sighting(float(number), a_face(), texture))
    return found


def test_a_face_of_which_nothing_was_measured_is_neither_live_nor_an_attack() -> None:
    assert judge(Evidence()) == NOT_CHECKED
    near = judge(evidence(None, None, None))
    assert (near.verdict, near.score, near.near) == (Liveness.UNSURE, None, True)


@pytest.mark.parametrize(
    ("textures", "verdict"),
    [
        ([0.9, 0.9, 0.9], Liveness.LIVE),
        ([LIVE_FROM] * LOOKS, Liveness.LIVE),
        ([0.9, 0.9], Liveness.UNSURE),  # too few
        ([0.9, None, 0.9, 0.9], Liveness.LIVE),
        ([0.9, 0.1, 0.9], Liveness.LIVE),  # the median, not the least
        ([0.4, 0.4, 0.4], Liveness.UNSURE),
        ([0.1, 0.9, 0.1], Liveness.ATTACK),
        ([0.1], Liveness.ATTACK),
        ([ATTACK_BELOW] * 3, Liveness.UNSURE),
    ],
    ids=str,
)
def test_the_median_of_the_looks_decides(
    textures: Sequence[float | None], verdict: Liveness
) -> None:
    assert judge(evidence(*textures)).verdict is verdict


def test_only_the_newest_looks_count() -> None:
    assert judge(evidence(*[0.1] * 20, *[0.9] * WINDOW)).verdict is Liveness.LIVE
    assert judge(evidence(*[0.9] * 20, *[0.1] * WINDOW)).verdict is Liveness.ATTACK


@given(st.lists(scores, max_size=WINDOW - 1), st.floats(LIVE_FROM, 1))
def test_one_more_look_at_a_live_face_never_makes_an_attack_of_it(
    textures: list[float | None], more: float
) -> None:
    if judge(evidence(*textures)).verdict is not Liveness.ATTACK:
        assert judge(evidence(*textures, more)).verdict is not Liveness.ATTACK


@given(st.lists(st.floats(0, 1), min_size=1, max_size=WINDOW), st.data())
def test_a_look_that_looks_more_live_never_makes_a_face_less_so(
    textures: list[float], data: st.DataObject
) -> None:
    order = [Liveness.ATTACK, Liveness.UNSURE, Liveness.LIVE]
    which = data.draw(st.integers(0, len(textures) - 1))
    raised = list(textures)
    raised[which] = data.draw(st.floats(textures[which], 1))
    before, after = (judge(evidence(*one)).verdict for one in (textures, raised))
    assert order.index(after) >= order.index(before)


@given(st.lists(scores, max_size=12))
def test_nothing_is_called_live_without_the_models(textures: list[float | None]) -> None:
    judgement = judge(evidence(*textures))
    if judgement.verdict is Liveness.LIVE:
        assert sum(one is not None for one in textures[-WINDOW:]) >= LOOKS
        assert judgement.score is not None
        assert judgement.score >= LIVE_FROM
    if judgement.verdict is Liveness.ATTACK:
        assert judgement.reasons


def test_a_kiosk_that_enforces_says_what_to_do() -> None:
    doubt = Finding(Cue.TEXTURE, 0.1, Liveness.ATTACK)
    assert hold_of(Judgement(Liveness.LIVE)) is None
    assert hold_of(Judgement(Liveness.ATTACK, 0.1, (doubt,))) is Hold.ATTACK
    assert hold_of(Judgement(Liveness.UNSURE, near=True)) is Hold.NEAR
    assert hold_of(Judgement(Liveness.UNSURE, 0.4)) is Hold.UNSURE
    assert hold_of(NOT_CHECKED) is Hold.NO_MODEL


def test_faces_are_counted_by_what_they_were_taken_for() -> None:
    counts = LivenessCounts()
    counts.note(NOT_CHECKED, "marked")
    counts.note(Judgement(Liveness.LIVE, 0.9), "marked")
    counts.note(Judgement(Liveness.ATTACK, 0.1), "held")
    counts.note(Judgement(Liveness.ATTACK, 0.2), "held")
    assert counts() == {("live", "marked"): 1, ("attack", "held"): 2}


# --- error rates


def test_no_error_of_150_bounds_a_rate_at_two_percent() -> None:
    none = rate(0, 150, 150)
    assert (none.low, round(none.high, 3), none.enough) == (0.0, 0.020, True)
    assert round(rate(0, 900, 150).high, 4) == 0.0033
    assert rate(0, 149, 150).enough is False
    assert rate(0, 0, 150) == Rate(0, 0, 0.0, 1.0, enough=False)


def test_presentations_are_counted_by_what_became_of_them() -> None:
    live = Seen(Liveness.LIVE, live=True, measured=True)
    late = Seen(Liveness.UNSURE, live=True, measured=True)
    doubted = Seen(Liveness.ATTACK, live=False, measured=True, named=True)
    marked = Seen(Liveness.UNSURE, live=True, measured=True, named=True, marked=True)
    result = counted(
        {"filmed": [live, late, doubted, Seen()], "rendered": [live]},
        {"print": [doubted, marked], "phone": [doubted, Seen(named=True)]},
    )
    filmed, rendered = result.bonafide["filmed"], result.bonafide["rendered"]
    assert (filmed.bpcer.errors, filmed.bpcer.of) == (1, 3)
    assert (filmed.accused.errors, filmed.no_response.errors) == (1, 1)
    assert (rendered.bpcer.errors, rendered.bpcer.of) == (0, 1), "each kind by itself"
    prints, phones = result.species["print"], result.species["phone"]
    assert (prints.apcer.errors, prints.apcer.of, prints.iapmr.errors) == (1, 2, 1)
    assert (phones.apcer.errors, phones.apcer.of, phones.no_response.errors) == (0, 1, 1)
    assert (prints.unnoticed.errors, phones.unnoticed.errors) == (1, 0)
    assert (prints.named.errors, prints.observed.errors) == (2, 1)
    assert (phones.named.errors, phones.observed.errors) == (2, 1), "what is near is not noticed"
    assert result.worst == "print"
    text = "\n".join(f"{words} {told(one)}" for words, one in rows(result))
    assert "print: taken for live (APCER, the worst)" in text
    assert "1 of 2 = 50.0% (between 2.5% and 97.5%: insufficient data)" in text


def alternating(*heard: float | None, models: int = 2) -> Evidence:
    """Looks of models that take turns."""
    found = Evidence()
    for number, said in enumerate(heard):
        turn = None if said is None else (found.looks % models, said)
        found = found.add(Sighting(float(number), a_face(), said, heard=turn))
    return found


def test_models_that_take_turns_count_together() -> None:
    """Each look is the mean of what the models have said last."""
    found = alternating(0.9, 0.1, 0.7, None, 0.3)
    assert [one.texture for one in found.sightings] == [0.9, 0.5, pytest.approx(0.4), None,
                                                       pytest.approx(0.2)]  # fmt: skip


def test_models_go_on_taking_turns_when_old_looks_are_forgotten() -> None:
    found = alternating(*[0.9, 0.1] * WINDOW)
    assert [one.heard[0] for one in found.sightings if one.heard] == [
        number % 2 for number in range(WINDOW, 2 * WINDOW)
    ]


@given(st.lists(scores, max_size=2 * WINDOW), st.data())
def test_of_models_that_take_turns_too_more_evidence_for_a_face_makes_it_no_attack(
    before: list[float | None], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, max(0, len(before) - 1)))
    more = [*before]
    if more and (low := more[number]) is not None:
        more[number] = data.draw(st.floats(low, 1))
    order = [Liveness.ATTACK, Liveness.UNSURE, Liveness.LIVE]
    first, second = (judge(alternating(*one)).verdict for one in (before, more))
    assert order.index(second) >= order.index(first)
