"""Marks of somebody who only stayed before a kiosk are one visit."""

from dataclasses import replace
from datetime import date, timedelta

from face_rec.attendance.marks.effective_marks import Entry, entries
from face_rec.attendance.marks.visit import Stays, stays_of, visits
from face_rec.attendance.rules.rule_version import succeeded
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.kiosks.kiosk import KioskRecord
from tests.attendance_days import BERLIN, MONDAY, punches


def seen(text: str, **more: object) -> list[Entry]:
    events = [replace(event, **more) for event in punches(text, MONDAY)]  # type: ignore[arg-type]
    return list(entries(events).marks)


def sizes(marks: list[Entry], **stays: int) -> list[int]:
    kiosks = [KioskRecord(id_, minimum_stay=minutes) for id_, minutes in stays.items()]
    return [len(visit.marks) for visit in visits(marks, stays_of(kiosks, BERLIN))]


def test_marks_within_the_minimum_stay_of_the_one_before_are_one_visit() -> None:
    (visit,) = visits(seen("08:01 08:02 08:06 08:10"), Stays())
    assert len(visit.marks) == 4
    assert visit.until - visit.first.event.at == timedelta(minutes=9)


def test_after_the_minimum_stay_another_visit_begins() -> None:
    assert sizes(seen("08:01 08:06 17:00")) == [1, 1, 1]
    assert sizes(seen("08:01 08:06 17:00"), main=10) == [2, 1]


def test_the_minimum_stay_is_that_of_the_day_to_the_hour() -> None:
    """Another one from Monday on changes nothing of Sunday; the day begins at the site's midnight,
    an hour before that of UTC."""
    before = KioskRecord("main", minimum_stay=5)
    stays = stays_of([succeeded(before, replace(before, minimum_stay=20), MONDAY)], BERLIN)

    def sizes_at(text: str, day: date) -> list[int]:
        marks = list(entries(punches(text, day)).marks)
        return [len(visit.marks) for visit in visits(marks, stays)]

    sunday = MONDAY - timedelta(days=1)
    assert sizes_at("08:00 08:10", sunday) == [1, 1]
    assert sizes_at("23:40 23:50", sunday) == [1, 1]
    assert sizes_at("00:05 00:15", MONDAY) == [2]
    assert sizes_at("08:00 08:10", MONDAY) == [2]


def test_another_kiosk_is_another_visit() -> None:
    assert sizes(seen("08:01/gate 08:02/yard 08:03/gate 08:04/yard")) == [2, 2]


def test_a_pin_is_meant_and_stands_alone() -> None:
    assert sizes(seen("08:01 08:02", source=Source.PIN)) == [1, 1]


def test_in_and_out_are_two_visits_however_close() -> None:
    assert sizes(seen("in@08:01 out@08:02 in@08:03")) == [2, 1]


def test_a_mark_counted_as_a_check_out_ends_the_visit_as_the_day_does() -> None:
    events: list[Event] = punches("08:01 08:02 08:03", MONDAY)
    fix = replace(
        events[1], id="c", kind=EventKind.RETYPE, target=events[1].id, becomes=EventKind.OUT
    )
    assert sizes(list(entries([*events, fix]).marks)) == [2, 1]


def test_people_side_by_side_have_visits_of_their_own() -> None:
    ann, bob = seen("08:01 08:02 08:03"), seen("08:01 08:02", subject="s-bob")
    bob = [replace(one, event=replace(one.event, id=f"b{n}")) for n, one in enumerate(bob)]
    both = sorted([*ann, *bob], key=lambda one: one.event.at)
    assert sorted(sizes(both)) == [2, 3]
