"""Whom an outage excuses: only those whom no kiosk of theirs could have seen."""

from datetime import timedelta

import pytest

from face_rec.attendance.terms.status import Flag, Status
from face_rec.kiosks.kiosk import Direction, KioskRecord
from tests.attendance_days import DAY_SHIFT, LONG_AGO, MONDAY, at
from tests.attendance_world import World, statuses

OFFICE, SHOP = frozenset({"Office"}), frozenset({"Shop"})  # Ada's group, and Bob's
K, A = Status.KIOSK_DOWN, Status.ABSENT


def kiosk(name: str, **more: object) -> KioskRecord:
    return KioskRecord(name, watched_from=LONG_AGO, **more)  # type: ignore[arg-type]


def judged(*kiosks: KioskRecord, **up: str) -> dict[str, Status]:
    """Everybody's Monday, never seen; ``up``: kiosk to its hours of life, ``"06-10 16-21"``."""
    world = World(DAY_SHIFT, *kiosks)
    for name, hours in up.items():
        for stretch in hours.split():
            since, until = (at(MONDAY, f"{hour}:00") for hour in stretch.split("-"))
            world.rules.beat(name, until, since)
    return statuses(world.service())


def test_while_one_kiosk_is_up_that_they_could_have_used_nobody_is_excused() -> None:
    assert judged(kiosk("gate"), kiosk("yard"), gate="06-21", yard="06-10") == {"Ada": A, "Bob": A}


def test_with_all_kiosks_down_at_once_everybody_is_excused() -> None:
    assert judged(kiosk("gate"), kiosk("yard"), gate="06-12", yard="06-10") == {"Ada": K, "Bob": K}


def test_two_kiosks_down_one_after_the_other_excuse_nobody() -> None:
    one_after_the_other = {"gate": "06-10 12-21", "yard": "06-12 14-21"}
    assert judged(kiosk("gate"), kiosk("yard"), **one_after_the_other) == {"Ada": A, "Bob": A}


def test_an_outage_excuses_only_the_group_that_uses_the_kiosk() -> None:
    gate, yard = kiosk("gate", groups=OFFICE), kiosk("yard", groups=SHOP)
    assert judged(gate, yard, gate="06-10", yard="06-21") == {"Ada": K, "Bob": A}


def test_who_has_no_kiosk_of_their_own_uses_those_of_everybody() -> None:
    gate, yard = kiosk("gate"), kiosk("yard", groups=SHOP)
    assert judged(gate, yard, gate="06-10", yard="06-21") == {"Ada": K, "Bob": A}
    assert judged(gate, yard, gate="06-21", yard="06-10") == {"Ada": A, "Bob": K}


def test_who_came_unseen_would_have_been_seen_leaving() -> None:
    way_in, way_out = kiosk("in", direction=Direction.IN), kiosk("out", direction=Direction.OUT)
    assert judged(way_in, way_out, **{"in": "06-08", "out": "06-21"}) == {"Ada": A, "Bob": A}
    both = {"in": "06-08 12-21", "out": "06-16"}
    assert judged(way_in, way_out, **both) == {"Ada": K, "Bob": K}


def test_where_only_coming_is_marked_only_that_way_counts() -> None:
    assert judged(kiosk("in", direction=Direction.IN), **{"in": "06-08"}) == {"Ada": K, "Bob": K}


def test_a_kiosk_set_up_later_says_nothing_about_the_time_before() -> None:
    later = KioskRecord("yard", watched_from=at(MONDAY, "14:00"))
    assert judged(kiosk("gate"), later, gate="06-10", yard="14-21") == {"Ada": K, "Bob": K}
    assert judged(kiosk("gate"), later, gate="06-21", yard="14-15") == {"Ada": A, "Bob": A}


@pytest.mark.parametrize("watched", [True, False])
def test_a_kiosk_that_is_not_watched_is_no_reason(watched: bool) -> None:
    expected = K if watched else A
    assert judged(kiosk("gate", watched=watched), gate="06-10")["Ada"] is expected


def test_who_has_a_kiosk_of_their_own_that_is_not_watched_is_not_excused_by_another() -> None:
    gate, yard = kiosk("gate"), kiosk("yard", groups=SHOP, watched=False)
    assert judged(gate, yard, gate="06-10", yard="06-21") == {"Ada": K, "Bob": A}


def test_somebody_who_was_seen_is_told_of_the_outage_of_their_kiosk_alone() -> None:
    world = World(DAY_SHIFT, kiosk("gate", groups=OFFICE), kiosk("yard", groups=SHOP))
    world.rules.beat("yard", at(MONDAY, "21:00"), at(MONDAY, "06:00"))
    world.mark("11:00 17:00")
    ada, bob = world.service().timesheets.day(MONDAY)
    assert Flag.KIOSK_DOWN in ada.flags
    assert Flag.KIOSK_DOWN not in bob.flags
    told = world.service().mark_queries.explain(ada.person.subject, MONDAY)
    assert told.outages == ("Kiosk gate gave no sign of life from Mon 09:00 to Mon 17:00.",)


def test_tomorrow_is_not_excused_by_today() -> None:
    world = World(DAY_SHIFT, kiosk("gate"))
    tuesday = MONDAY + timedelta(days=1)
    world.rules.beat("gate", at(tuesday, "21:00"), at(tuesday, "06:00"))
    assert statuses(world.service())["Ada"] is K
    assert statuses(world.service(), tuesday)["Ada"] is A
