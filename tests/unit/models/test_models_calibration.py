"""A threshold belongs to a model and to a gallery's size."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.errors import PackBroken
from face_rec.domain.site.own_calibration import (
    OwnCalibration,
    calibrations_of,
    given_up,
    in_force,
    stored,
    taken_over,
)
from face_rec.models.packs.catalogue import BUFFALO_L, BUFFALO_SC
from face_rec.models.scores.calibration import (
    FEWEST,
    STEEPER,
    STRANGER_NAMED,
    Point,
    ScoreCalibration,
    SiteScores,
    calibration_of,
)
from face_rec.models.terms.model_facts import Origin

MBF = calibration_of(BUFFALO_SC.recognition.sha256)
REQUANTISED = "ee9fff3dc481094eea943df118088250738a6bc1d13a24f9c56e66f1e08e91c8"
MOBILEFACENET = "e72a5710cce378dc46472b6b845cb90647634f2738d8c3e581735cf195b9866f"


@pytest.mark.parametrize(("far", "cosine"), [(1e-3, 0.241), (1e-4, 0.296), (1e-5, 0.347)])
def test_measured_points_are_met_exactly(far: float, cosine: float) -> None:
    assert MBF.cosine_at(far) == pytest.approx(cosine)


def test_the_threshold_is_read_at_the_far_that_the_gallery_needs() -> None:
    share = math.log10(1e-4 / (STRANGER_NAMED / 120))
    assert MBF.threshold(120) == pytest.approx(0.296 + share * (0.347 - 0.296))
    assert 0.28 < MBF.threshold(120) < 0.34


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_more_people_never_lower_the_threshold(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert MBF.threshold(fewer) <= MBF.threshold(more) <= 0.99


def test_a_small_gallery_has_a_floor() -> None:
    assert MBF.threshold(0) == MBF.threshold(1) == MBF.threshold(FEWEST)
    assert MBF.threshold(FEWEST) < MBF.threshold(FEWEST + 1)


def test_the_largest_gallery_is_where_measurements_end() -> None:
    assert MBF.largest_gallery == 500
    assert STRANGER_NAMED / MBF.largest_gallery >= MBF.points[-1].far * (1 - 1e-6)


def test_thresholds_and_margins_differ_by_model() -> None:
    other = calibration_of(MOBILEFACENET)
    assert other.threshold(100) > MBF.threshold(100) + 0.1
    assert other.margin(100) > MBF.margin(100) > 0.05


def test_requantised_weights_share_the_official_calibration() -> None:
    assert calibration_of(REQUANTISED) == MBF


def test_a_model_nobody_measured_is_told_and_treated_with_caution() -> None:
    unknown = calibration_of("0" * 64)
    assert unknown.origin is Origin.UNKNOWN
    assert unknown.largest_gallery == 0
    known = [calibration_of(digest) for digest in (MOBILEFACENET, REQUANTISED)]
    assert all(unknown.threshold(n) > other.threshold(n) for n in (1, 500) for other in known)


def test_buffalo_l_says_that_it_is_estimated() -> None:
    large = calibration_of(BUFFALO_L.recognition.sha256)
    assert large.origin is Origin.ESTIMATED
    assert large.threshold(120) > MBF.threshold(120)


def test_what_was_measured_here_goes_before_what_is_built_in() -> None:
    points = (Point(1e-3, 0.5), Point(1e-4, 0.6))
    assert calibration_of(BUFFALO_SC.recognition.sha256, points).points == points


@pytest.mark.parametrize(
    "points",
    [
        (),
        (Point(1e-3, 0.3),),
        (Point(1e-4, 0.3), Point(1e-3, 0.4)),
        (Point(1e-3, 0.4), Point(1e-4, 0.3)),
        (Point(1e-3, 0.4), Point(0.0, 0.5)),
    ],
)
def test_points_that_make_no_sense_are_refused(points: tuple[Point, ...]) -> None:
    with pytest.raises(PackBroken):
        ScoreCalibration(points, Origin.MEASURED)


def test_beyond_what_was_measured_the_line_goes_on_steeper() -> None:
    last = MBF.points[-1]
    within = MBF.cosine_at(1e-4) - MBF.cosine_at(1e-3)
    assert MBF.cosine_at(last.far) == pytest.approx(last.cosine)
    beyond = MBF.cosine_at(last.far / 10) - last.cosine
    assert beyond == pytest.approx(STEEPER * (last.cosine - MBF.points[-2].cosine))
    assert beyond > within


def _own(people: int = 400, templates: int = 1200, contract: str = "one") -> OwnCalibration:
    points = ((5e-5, 0.30), (4e-6, 0.36), (4e-7, 0.41))
    return OwnCalibration(contract, people, templates, 5000, date(2026, 11, 26), points, 0.08)


def test_what_an_admin_took_over_goes_before_what_is_known_of_the_model() -> None:
    taken: list[OwnCalibration] = []
    scores = SiteScores(MBF, "one", lambda: taken)
    assert scores.threshold(1200) == MBF.threshold(1200)
    assert (scores.margin(1), scores.largest_gallery) == (MBF.margin(1), 500)
    taken.append(_own())
    assert scores.threshold(1250) == pytest.approx(0.36)
    assert scores.margin(1) == 0.08
    assert scores.largest_gallery == 12_500
    taken[:] = [_own(contract="other")]
    assert scores.threshold(1200) == MBF.threshold(1200)


def test_a_measurement_on_own_people_loosens_nothing_that_is_asked_of_two_photos() -> None:
    scores = SiteScores(MBF, "one", lambda: [_own(20_000, 60_000)])
    assert scores.alike(50) == MBF.threshold(50)
    assert scores.threshold(60_000) < MBF.threshold(60_000)


def test_where_a_measurement_does_not_reach_no_threshold_is_lower_than_the_model_s() -> None:
    """Most of 20,000 people have left."""
    points = ((8e-7, 0.30), (8e-8, 0.36), (8e-9, 0.41))
    own = OwnCalibration("one", 20_000, 60_000, 9000, date(2026, 11, 26), points, 0.08)
    scores = SiteScores(MBF, "one", lambda: [own])
    assert scores.threshold(1000) >= MBF.threshold(1000)
    assert scores.threshold(50) >= MBF.threshold(50)


def test_what_was_taken_over_is_read_as_it_was_stored() -> None:
    taken = (_own(), _own(500, 1500))
    assert calibrations_of(stored(taken)) == taken
    assert calibrations_of("") == ()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "3",
        "[3]",
        '[{"contract": "one"}]',
        stored((_own(),)).replace("0.36", "0.26"),
        stored((_own(),)).replace("1200", "12"),
        stored((_own(),)).replace("0.08", "NaN"),
    ],
)
def test_what_cannot_be_a_calibration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="own people"):
        calibrations_of(text)


def test_of_every_model_the_one_in_force_is_kept_and_one_to_go_back_to() -> None:
    first, second, third = (_own(n, 3 * n) for n in (100, 200, 300))
    other = _own(contract="other")
    taken = taken_over(taken_over(taken_over(taken_over((), first), other), second), third)
    assert taken == (third, second, other)
    assert in_force(taken, "other") == other
    back = given_up(taken, "one")
    assert back == (second, other)
    assert given_up(given_up(back, "one"), "one") == (other,)
