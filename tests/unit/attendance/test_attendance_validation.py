"""What makes no sense is refused with the reason, and nothing is changed."""

from dataclasses import fields, replace
from datetime import date, time, timedelta
from typing import get_args

import pytest

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek, empty_week
from face_rec.attendance.rules.rules import KINDS, Item, Limits, Rules, subject_of
from face_rec.attendance.rules.shift import PRESENCE
from face_rec.attendance.rules.validation import _FLAWS, conflicts, flaws
from face_rec.domain.errors import RuleRefused
from face_rec.kiosks.kiosk import KioskRecord
from tests.attendance_days import DAY_SHIFT, MONDAY, shift
from tests.attendance_world import World
from tests.fakes.rules import EVERYTHING

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (shift(name=" "), "a name"),
        (shift(id=""), "name of its own"),
        (shift(end=time(9)), "same time"),
        (shift(days=frozenset()), "at least one day"),
        (shift(days=frozenset({7})), "Monday"),
        (shift(zone="Mars/Olympus"), "No time zone"),
        (shift(zone="../../etc/passwd"), "No time zone"),
        (shift(late_grace=-1), "grace for coming late"),
        (shift(opens_before=1440, closes_after=1440), "within two days"),
        (shift(close_tolerance=300), "tolerance"),
        (shift(late_grace=240, early_grace=240), "graces"),
        (shift(half_day_below=120, absent_below=120), "below the half-day"),
        (shift(half_day_below=460, unpaid_break=30), "cannot be reached"),
        (shift(unpaid_break=480), "as long as the shift"),
        (Assignment("a", "day"), "one person or one group"),
        (Assignment("a", "day", subject="s", group="g"), "one person or one group"),
        (Assignment("a", "", group="g"), "Choose a shift"),
        (Assignment("a", "day", group="g", first=MONDAY, last=MONDAY - DAY), "before it begins"),
        (Employment("s", MONDAY, MONDAY - DAY), "before it begins"),
        (Holiday("h", MONDAY, ""), "a name"),
        (Leave("l", "", MONDAY, MONDAY), "who is on leave"),
        (Leave("l", "s", MONDAY, MONDAY, ""), "what kind"),
        (Leave("l", "s", MONDAY, MONDAY - DAY), "before it begins"),
        (Leave("l", "s", MONDAY, MONDAY + 500 * DAY), "400 days"),
        (KioskRecord("k", minimum_stay=-5), "minimum stay"),
        (KioskRecord(" "), "name of its own"),
        (Limits(outage=0), "at least 1 minute"),
        (Limits(score=1.5), "between 0 and 1"),
    ],
)
def test_nonsense_is_named(item: Item, reason: str) -> None:
    assert any(reason in flaw for flaw in flaws(item)), flaws(item)


@pytest.mark.parametrize("item", [DAY_SHIFT, PRESENCE, Limits(), KioskRecord("k")])
def test_sense_has_no_flaws(item: Item) -> None:
    assert flaws(item) == ()


def test_two_assignments_of_a_group_may_not_overlap() -> None:
    first = Assignment("a", "default", group="g", last=MONDAY)
    rules = Rules(shifts=(DAY_SHIFT,), assignments=(first,))
    assert conflicts(rules, Assignment("b", "default", group="g", first=MONDAY))
    assert not conflicts(rules, Assignment("b", "default", group="g", first=MONDAY + DAY))
    assert not conflicts(rules, Assignment("b", "default", group="other"))
    assert not conflicts(rules, Assignment("a", "default", group="g"))  # itself, changed


def test_an_assignment_needs_a_shift_that_exists() -> None:
    assert conflicts(Rules(), Assignment("a", "gone", group="g"))
    assert not conflicts(Rules(), Assignment("a", "default", group="g"))


def test_two_leaves_of_a_person_may_not_overlap() -> None:
    rules = Rules(leaves=(Leave("l", "s", MONDAY, MONDAY + DAY),))
    assert conflicts(rules, Leave("m", "s", MONDAY + DAY, MONDAY + 2 * DAY))
    assert not conflicts(rules, Leave("m", "other", MONDAY, MONDAY))


def test_a_third_half_day_has_no_room_on_a_day() -> None:
    def half(name: str, last: date = MONDAY) -> Leave:
        return Leave(name, "s", MONDAY, last, name, half=True)

    rules = Rules(leaves=(half("a", MONDAY + DAY), half("b")))
    assert not conflicts(Rules(leaves=rules.leaves[:1]), rules.leaves[1])
    assert len(conflicts(rules, half("c"))) == 2, "both halves of the day are named"
    tuesday = replace(half("c"), first=MONDAY + DAY, last=MONDAY + DAY)
    assert not conflicts(rules, tuesday), "one half of it is there"
    assert not conflicts(rules, half("b", MONDAY + DAY)), "itself is no other one"


def test_of_several_entries_all_are_saved_or_none() -> None:
    world = World()
    service = world.service()
    before = service.timesheets.rules()
    with pytest.raises(RuleRefused) as refused:
        service.rules.save(
            Holiday("h", date(2024, 12, 25), "Christmas"),
            shift(end=time(9)),
            Limits(outage=0),
            authority=EVERYTHING,
        )
    assert len(refused.value.problems) == 2
    assert service.timesheets.rules() == before


def test_entries_saved_together_may_rely_on_each_other() -> None:
    service = World().service()
    service.rules.save(shift(id="new"), Assignment("a", "new", group="Shop"), authority=EVERYTHING)
    with pytest.raises(RuleRefused, match="overlaps"):
        service.rules.save(Assignment("b", "new", group="Shop"), authority=EVERYTHING)


def test_a_shift_in_use_cannot_be_removed() -> None:
    service = World().service()
    used = shift(id="new", name="New")
    service.rules.save(used, Assignment("a", "new", group="Shop"), authority=EVERYTHING)
    with pytest.raises(RuleRefused, match="assigned 1 times"):
        service.rules.remove(used, authority=EVERYTHING)
    service.rules.remove(Assignment("a", "new", group="Shop"), authority=EVERYTHING)
    service.rules.remove(used, authority=EVERYTHING)
    assert used not in service.timesheets.rules().shifts


def test_every_kind_of_rule_stands_in_the_one_list_and_has_its_flaws() -> None:
    kinds = set(get_args(Item))
    assert {kind.of for kind in KINDS} == kinds == set(_FLAWS)
    named = {f.name for f in fields(Rules)} - {"version", "malformed"}
    assert {kind.name for kind in KINDS} == named


def test_what_tells_of_a_person_is_named_so_that_an_export_and_an_erasure_find_it() -> None:
    told = [kind for kind in KINDS if "subject" in {f.name for f in fields(kind.of)}]
    assert {kind.of for kind in told} == {Assignment, Leave, Allowance, RosterWeek}
    leave = Leave("l", "ann", MONDAY, MONDAY)
    own = Allowance("a", "h", 30, 2026, "ann")
    week = empty_week("ann", MONDAY)
    items = (leave, week, Assignment("a", "early", "ann"), Employment("ann"), own, DAY_SHIFT)
    assert [subject_of(item) for item in items] == ["ann", "ann", "ann", "ann", "ann", ""]
