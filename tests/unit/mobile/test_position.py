"""Where a phone says that it is: what is believed, how far that is, and how it is drawn."""

import json
import re
from dataclasses import replace
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.marks.correction import audit
from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.records import remark
from face_rec.attendance.rules.mobile import MobilePunch, Place, mobile_flaws
from face_rec.domain.marks import Event, EventKind, Source, Whereabouts
from face_rec.languages.translator import ENGLISH, Translators
from face_rec.mobile.nearness import nearest, refusal, whereabouts
from face_rec.mobile.position import EARTH, Fix, bearing, distance, read_fix
from face_rec.mobile.refused import PunchRefused
from face_rec.notices.sources.feeds import notices_of
from face_rec.web.mobile.distance_picture import drawn, picture
from tests.fakes.clock import MORNING

GATE = Place("Main gate", 52.516300, 13.377700, 100)
RULE = MobilePunch("r", "1a", (GATE,))
MARK = Event(
    "e1", "s1", MORNING, EventKind.PUNCH, Source.MOBILE, "", where=Whereabouts("Main gate", 6, 12)
)
HALF = 3.141592653589793 * EARTH


def north_of(place: Place, metres: float, accuracy: float = 10.0) -> Fix:
    return Fix(place.latitude + metres / 111_195.0, place.longitude, accuracy)


@pytest.mark.parametrize(
    "told",
    ['{"latitude": NaN, "longitude": 13, "accuracy": 5}',
     '{"latitude": 52, "longitude": Infinity, "accuracy": 5}',
     '{"latitude": 52, "longitude": 13, "accuracy": -Infinity}',
     '{"latitude": 52, "longitude": 13, "accuracy": 1e400}',
     '{"latitude": 1e9, "longitude": 13, "accuracy": 5}',
     '{"latitude": 90.0001, "longitude": 13, "accuracy": 5}',
     '{"latitude": 52, "longitude": -180.5, "accuracy": 5}',
     '{"latitude": 52, "longitude": 13, "accuracy": -1}',
     '{"latitude": 52, "longitude": 13, "accuracy": NaN}',
     '{"latitude": "52", "longitude": 13, "accuracy": 5}',
     '{"latitude": true, "longitude": 13, "accuracy": 5}',
     '{"latitude": [52], "longitude": 13, "accuracy": 5}',
     '{"latitude": 52, "longitude": 13}', '{"latitude": 52, "longitude": 13, "accuracy": null}',
     '{"latitude": 1' + "0" * 400 + ', "longitude": 13, "accuracy": 5}',
     "[]", "null", '"here"', "7"],
)  # fmt: skip
def test_what_is_no_position_is_refused(told: str) -> None:
    with pytest.raises(PunchRefused):
        read_fix(json.loads(told))


@pytest.mark.parametrize(
    ("here", "there", "metres"),
    [((0.0, 179.9999), (0.0, -179.9999), 22.2),  # across the date line
     ((90.0, 0.0), (90.0, 137.0), 0.0),  # there is one north pole
     ((-90.0, -180.0), (-89.999, 180.0), 111.2),
     ((0.0, 0.0), (0.0, 180.0), HALF),
     ((90.0, 12.0), (-90.0, 12.0), HALF),
     ((52.5163, 13.3777), (48.8584, 2.2945), 877_460.0)],  # from one gate to another tower
)  # fmt: skip
def test_a_distance_is_right_at_the_poles_and_across_the_date_line(
    here: tuple[float, float], there: tuple[float, float], metres: float
) -> None:
    found = distance(Fix(*here, 5.0), *there)
    assert found == pytest.approx(metres, rel=2e-3, abs=0.1)
    assert distance(Fix(*there, 5.0), *here) == pytest.approx(found, abs=1e-3)


DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(DEGREES, DEGREES)
def test_no_distance_is_longer_than_half_the_way_around_and_each_has_a_direction(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    fix = Fix(*here, 5.0)
    assert 0.0 <= distance(fix, *there) <= HALF + 1e-3
    assert 0.0 <= bearing(fix, *there) < 360.0 + 1e-9
    shown = drawn(nearest(replace(RULE, places=(Place("x", *there, 25),)), fix))
    assert all(0.0 <= value <= 320.0 for value in (*shown.place, *shown.you, shown.bar))
    assert shown.metres >= 1


def test_who_is_near_enough_is_told_by_the_distance_alone_and_where_not_how_far_it_is() -> None:
    inside = nearest(RULE, north_of(GATE, 99.0, 100.0))
    assert refusal(inside, RULE) == ""
    beyond = refusal(nearest(RULE, north_of(GATE, 309.5)), RULE)
    assert beyond == "You are 310 m from Main gate. You can punch within 100 m of it."
    far = refusal(nearest(RULE, Fix(48.8584, 2.2945, 5.0)), RULE)
    assert far.startswith("You are 879 km from Main gate.")
    vague = refusal(nearest(RULE, north_of(GATE, 0.0, 1500.2)), RULE)
    assert vague.startswith("Your phone knows where it is to 1,501 m only; 100 m are needed here.")
    german = Translators().of("de").said(beyond)
    assert "310 m" in german
    named = nearest(replace(RULE, places=(replace(GATE, name="Group"),)), north_of(GATE, 1234.5))
    told = Translators().of("de").said(refusal(named, RULE))
    assert "Group" in told, "what the office typed is not translated"
    assert "1.235 m" in told
    assert german != beyond


def test_of_several_places_the_one_counts_in_which_the_phone_is_farthest_inside() -> None:
    yard = Place("Yard", GATE.latitude, GATE.longitude + 0.01, 1000)
    rule = replace(RULE, places=(GATE, yard))
    assert nearest(rule, north_of(GATE, 150.0)).place == yard
    assert nearest(replace(rule, places=(GATE,)), north_of(GATE, 150.0)).place == GATE


def test_only_who_is_surely_inside_is_not_looked_at_where_the_office_wants_to() -> None:
    near = nearest(RULE, north_of(GATE, 95.0, 20.0))
    assert whereabouts(near, RULE).doubt == ""
    watched = replace(RULE, review=True)
    assert "outside" in whereabouts(near, watched).doubt
    assert whereabouts(nearest(RULE, north_of(GATE, 50.0, 20.0)), watched).doubt == ""


def test_neither_log_nor_error_shows_coordinates() -> None:
    assert "52" not in repr(Fix(52.5, 13.4, 9.0))


def test_the_picture_says_the_metres_and_asks_nobody_outside() -> None:
    near = nearest(RULE, north_of(GATE, 309.5, 40.0))
    shown = picture(near, ENGLISH)
    assert "310 m from Main gate (radius 100 m), right to 40 m" in shown
    assert "http" not in shown
    assert drawn(near).you[1] < drawn(near).place[1], "north is up"
    named = replace(near, place=replace(GATE, name='<script>"x"'))
    assert "<script" not in picture(named, ENGLISH)
    assert re.search(r"[؀-ۿ]", picture(near, Translators().of("ar")))


@pytest.mark.parametrize(
    ("at", "open_now"),
    [("2025-03-10 21:59", False), ("2025-03-10 22:00", True), ("2025-03-11 05:59", True),
     ("2025-03-11 06:00", False), ("2025-03-11 23:00", False), ("2025-03-12 01:00", False)],
)  # fmt: skip
def test_hours_over_midnight_belong_to_the_day_on_which_they_began(
    at: str, open_now: bool
) -> None:
    night = replace(RULE, days=frozenset({0}), opens=time(22), closes=time(6))
    assert night.open_at(datetime.fromisoformat(at)) is open_now
    assert replace(RULE, days=frozenset({0, 1, 2})).open_at(datetime.fromisoformat(at))


@pytest.mark.parametrize(
    "wrong",
    [{"group": " "}, {"places": ()}, {"places": (GATE, GATE)}, {"accuracy": 4}, {"days": {7}},
     {"days": frozenset()}, {"places": (replace(GATE, radius=24),)},
     {"places": (replace(GATE, radius=5001),)}, {"places": (replace(GATE, name=""),)},
     {"places": (replace(GATE, latitude=float("nan")),)},
     {"places": (replace(GATE, longitude=float("inf")),)},
     {"places": (replace(GATE, latitude=-91.0),)},
     {"places": tuple(replace(GATE, name=str(n)) for n in range(11))}],
    ids=str,
)  # fmt: skip
def test_an_entry_that_makes_no_sense_is_refused_in_words(wrong: dict[str, object]) -> None:
    assert mobile_flaws(replace(RULE, **wrong))  # type: ignore[arg-type]
    assert mobile_flaws(RULE) == ()


def test_a_mark_by_a_phone_says_so_wherever_it_is_told() -> None:
    (told,) = notices_of(MARK, 0)
    assert told.kiosk == "mobile"
    (entry,) = entries([MARK]).marks
    assert remark(entry, "") == "Main gate: 6 m ± 12 m"
    (held,) = entries([replace(MARK, kind=EventKind.HELD, reason="not sure")]).held
    (line,) = audit(held)
    assert (line.author, line.reason) == ("mobile", "not sure")
