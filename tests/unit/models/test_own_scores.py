"""Shares with bounds, tails, and thresholds, on distributions that are known."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import beta, genpareto

from face_rec.domain.people import Contract, GalleryEntry
from face_rec.models.scores import tail
from face_rec.models.scores.bounds import NOTHING, design_effect, rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.models.scores.identification import Scored, condition
from face_rec.models.scores.own_report import AHEAD, TIMES, Basis
from face_rec.models.scores.searches import Collector, Pause, Searches
from face_rec.people.gallery.gallery import MemoryGallery, likeness

WIDTH = 48
"""Numbers of an embedding."""
Rows = np.typing.NDArray[np.float32]


def _unit(rows: np.typing.NDArray[np.float64]) -> Rows:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def _people(
    count: int, templates: int = 1, seed: int = 1, noise: float = 0.5
) -> list[GalleryEntry]:
    random = np.random.default_rng(seed)
    faces = random.normal(size=(count, 1, WIDTH))
    rows = _unit(faces + noise * random.normal(size=(count, templates, WIDTH)))
    return [GalleryEntry(f"s{number}", vectors) for number, vectors in enumerate(rows)]


def _gallery(entries: list[GalleryEntry]) -> MemoryGallery:
    gallery = MemoryGallery(Contract("test", WIDTH))
    gallery.load(entries, 1)
    return gallery


def _searched(entries: list[GalleryEntry]) -> Searches:
    collector = Collector(_gallery(entries))
    for _ in collector.templates(entries):
        pass
    return collector.made()


def _far(score: float) -> float:
    """How often two random directions have a cosine of at least ``score``."""
    half = (WIDTH - 1) / 2
    return float(beta.sf((score + 1) / 2, half, half))


def _made_of(strangers: np.typing.NDArray[np.float64], looks: int = 1) -> Searches:
    """Non-mated searches with these best scores; ``looks``: in a row of each person."""
    count = len(strangers)
    people = np.arange(count) // looks
    return Searches(
        tuple(f"s{n}" for n in range(count)), people, np.zeros(count, np.intp),
        np.full(count, np.nan), strangers, np.ones(count), (people + 1) % count,
    )  # fmt: skip


# --- shares


def test_independent_looks_have_the_bounds_of_clopper_and_pearson() -> None:
    errors = np.zeros(3000, np.bool_)
    errors[:15] = True
    found = rate(errors, np.arange(3000))
    assert (found.errors, found.trials) == (15, 3000)
    assert found.low == pytest.approx(0.002801, abs=2e-6)  # R: binom.test(15, 3000)
    assert found.high == pytest.approx(0.008233, abs=2e-6)


def test_looks_that_are_all_alike_tell_as_much_as_one() -> None:
    errors = np.repeat(np.arange(300) < 15, 10)
    people = np.repeat(np.arange(300), 10)
    assert design_effect(errors, people) == pytest.approx(10, rel=0.01)
    one_each = rate(np.arange(300) < 15, np.arange(300))
    assert rate(errors, people).high == pytest.approx(one_each.high, rel=0.02)


def test_no_looks_say_nothing() -> None:
    assert rate(np.zeros(0, np.bool_), np.zeros(0, np.intp)) == NOTHING


# --- tails


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.15])
def test_what_a_tail_reaches_rarely_is_below_its_bound_nineteen_times_in_twenty(
    shape: float,
) -> None:
    count, level, scale, wanted = 3000, 0.2, 0.04, 5e-4
    true = level + float(genpareto.isf(wanted / tail.SHARE, shape, 0, scale))
    held, best = 0, []
    for seed in range(40):
        random = np.random.default_rng(seed)
        scores = random.uniform(0, level, count)
        high = random.random(count) < tail.SHARE
        scores[high] = level + genpareto.rvs(
            shape, 0, scale, size=int(high.sum()), random_state=random
        )
        found = tail.fit(scores, np.arange(count))
        assert found is not None
        low, upper = found.bounds(wanted)
        assert low <= found.reached(wanted) <= upper
        held += true <= upper
        best.append(found.reached(wanted))
    assert held >= 35  # 38 expected; of fewer than 35 the chance is 1 in 60
    assert float(np.median(best)) == pytest.approx(true, abs=0.02)


def test_looks_at_the_same_people_widen_the_bounds() -> None:
    scores = np.repeat(np.random.default_rng(5).gumbel(0.2, 0.03, 1000), 4)
    scores = scores + np.random.default_rng(6).normal(0, 1e-4, 4000)
    alone = tail.fit(scores, np.arange(4000))
    together = tail.fit(scores, np.repeat(np.arange(1000), 4))
    assert alone is not None
    assert together is not None
    assert together.bounds(1e-3)[1] > alone.bounds(1e-3)[1] + 0.005


def test_of_too_few_scores_no_tail_is_made() -> None:
    assert tail.fit(np.linspace(0, 1, 1500), np.arange(1500)) is None
    assert tail.fit(np.full(5000, 0.3), np.arange(5000)) is None  # all alike


# --- searches


def test_a_search_without_somebody_is_one_of_a_gallery_without_them() -> None:
    entries = _people(30, templates=3)
    gallery = _gallery(entries)
    probes = np.stack([entry.vectors[0] for entry in entries])
    found = gallery.without(probes, [entry.subject for entry in entries])
    for entry, probe, match in zip(entries, probes, found, strict=True):
        left = _gallery([one for one in entries if one is not entry])
        expected = left.own_matches(probe[np.newaxis])[0]
        assert match.subject == expected.subject
        assert match.score == pytest.approx(expected.score, abs=1e-6)
        assert match.margin == pytest.approx(expected.margin, abs=1e-6)


def test_a_search_without_the_only_person_finds_nobody() -> None:
    (entry,) = _people(1)
    assert _gallery([entry]).without(entry.vectors, ["s0"])[0].subject is None
    one, other = _people(2)
    match = _gallery([one, other]).without(one.vectors, ["s0"])[0]
    assert match.subject == "s1"
    assert match.margin == pytest.approx(match.score + 1)


def test_the_score_for_oneself_is_the_one_that_the_gallery_gives() -> None:
    entries = _people(5, templates=4)
    probe = _unit(entries[2].vectors[1] + 0.1)
    match = _gallery(entries).own_matches(probe[np.newaxis])[0]
    assert match.subject == "s2"
    assert likeness(entries[2].vectors, probe) == pytest.approx(match.score, abs=1e-6)


def test_a_template_is_searched_for_among_the_other_templates_of_its_person() -> None:
    entries = [*_people(40, templates=3), GalleryEntry("alone", _people(1, seed=9)[0].vectors)]
    found = _searched(entries)
    assert (len(found), int(found.mated.sum())) == (121, 120)
    left = likeness(entries[7].vectors[[0, 2]], entries[7].vectors[1])
    assert found.own[22] == pytest.approx(left)
    assert (found.subjects[found.people[22]], found.places[22]) == ("s7", 1)
    assert np.all(found.rivals != found.people)


def test_other_pictures_of_somebody_count_up_to_ten() -> None:
    entries = _people(3, templates=2)
    collector = Collector(_gallery(entries))
    for _ in range(3):
        collector.looks(entries[1], np.repeat(entries[1].vectors[:1], 4, axis=0))
    made = collector.made()
    assert len(made) == 10
    assert made.own == pytest.approx(likeness(entries[1].vectors, entries[1].vectors[0]))


def test_work_in_the_background_rests_as_long_as_it_worked() -> None:
    rested: list[float] = []
    moments = iter([10.0, 10.0, 10.5, 10.5, 10.7, 10.7])
    pause = Pause(rested.append, lambda: next(moments))
    for _ in range(3):
        pause()
    assert rested == [pytest.approx(0.5), pytest.approx(0.2)]


# --- thresholds


@pytest.mark.heavy
def test_the_threshold_of_a_known_gallery_holds_there_and_among_ten_times_as_many() -> None:
    people = 3200
    found = condition("photos", Scored(_searched(_people(people)), 0.0), 0.5)
    assert found.enough
    true = 1 - (1 - _far(found.advised.threshold or 0)) ** (people - 1)
    assert 0.0015 < true <= STRANGER_NAMED
    ahead = found.ahead.threshold or 0
    true = 1 - (1 - _far(ahead)) ** (TIMES * people - 1)
    assert true <= STRANGER_NAMED
    assert ahead < (found.advised.threshold or 0) + 0.12
    assert found.advised.reached.high < 0.0056
    assert found.ahead.basis is Basis.TAIL


def test_a_promise_holds_nineteen_times_in_twenty(thorough: bool) -> None:
    """Best scores of 500 strangers each, drawn from the known distribution."""
    others, half, kept, ahead = 500, (WIDTH - 1) / 2, 0, 0
    times = 60 if thorough else 20
    for seed in range(times):
        random = np.random.default_rng(seed)
        best = 2 * beta.ppf(random.random(4000) ** (1 / others), half, half) - 1
        scored = Scored(_made_of(best), 0.0)
        now, then = scored.keeping(STRANGER_NAMED), scored.keeping(AHEAD)
        assert now.threshold is not None
        assert then.threshold is not None
        kept += 1 - (1 - _far(now.threshold)) ** others <= STRANGER_NAMED
        ahead += 1 - (1 - _far(then.threshold)) ** (TIMES * others) <= STRANGER_NAMED
    assert kept >= 0.88 * times  # 0.95 expected
    assert ahead >= 0.88 * times


def test_many_looks_at_few_people_ask_for_a_higher_threshold() -> None:
    best = np.random.default_rng(3).gumbel(0.2, 0.02, 400)
    alone = Scored(_made_of(np.random.default_rng(3).gumbel(0.2, 0.02, 4000)), 0.0)
    often = Scored(_made_of(np.repeat(best, 10), looks=10), 0.0)
    one, other = alone.keeping(0.05).threshold, often.keeping(0.05).threshold
    assert one is not None
    assert other is not None
    assert other > one + 0.003


def test_too_few_searches_are_insufficient() -> None:
    found = condition("photos", Scored(_searched(_people(200)), 0.0), 0.5)
    assert not found.enough
    assert (found.ahead.threshold, found.ahead.basis) == (None, Basis.NONE)


def test_whoever_lacks_the_lead_is_missed() -> None:
    entries = _people(60, templates=4, noise=0.3)
    twins = _people(1, templates=8, seed=77, noise=0.3)[0].vectors
    entries += [GalleryEntry("one", twins[:4]), GalleryEntry("other", twins[4:])]
    searches = _searched(entries)
    assert Scored(searches, 0.0).at(0.8).missed.errors < 8
    with_lead = Scored(searches, 0.1).at(0.8)
    assert with_lead.missed.errors == 8
    assert with_lead.reached.errors == 8  # each is taken for the other one


def _falls(values: list[float]) -> bool:
    return all(a >= b for a, b in pairwise(values))


def test_the_curve_trades_strangers_for_people_missed() -> None:
    found = condition("photos", Scored(_searched(_people(300, 3)), 0.05), 0.4)
    assert _falls([point.fpir for point in found.curve])
    assert _falls([-point.fnir for point in found.curve])
    assert sum(found.histogram.mated) == pytest.approx(1)
    assert sum(found.histogram.non_mated) == pytest.approx(1)
