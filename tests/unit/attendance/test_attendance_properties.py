"""What holds for any day at all."""

import random
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.marks.correction import Author, added, corrected
from face_rec.attendance.marks.effective_marks import Entry, entries
from face_rec.attendance.rules.occurrence import occurrence
from face_rec.attendance.rules.shift import DEFAULT_ID, Counting, Reading, Shift
from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import CORRECTION_KINDS, MARK_KINDS, Event, EventKind, Source
from tests.attendance_days import ADA, BERLIN, MONDAY, at, days, judged, world

MIDNIGHT = at(MONDAY, "00:00")
AUTHOR = Author("boss", "seen by the porter", datetime(2024, 3, 8, tzinfo=UTC))
KINDS = st.sampled_from(sorted(MARK_KINDS))

minutes = st.integers(0, 600)
shifts = st.builds(
    Shift,
    id=st.just(DEFAULT_ID),
    name=st.just("any"),
    start=st.times(min_value=time(0), max_value=time(23, 59)),
    end=st.times(min_value=time(0), max_value=time(23, 59)),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    opens_before=minutes,
    closes_after=minutes,
    late_grace=st.integers(0, 60),
    early_grace=st.integers(0, 60),
    half_day_below=st.none() | minutes,
    absent_below=st.none() | minutes,
    unpaid_break=minutes,
    break_after=minutes,
    overtime_after=st.none() | minutes,
    reading=st.sampled_from(Reading),
    counting=st.sampled_from(Counting),
    close_missing=st.booleans(),
    presence_only=st.booleans(),
).filter(lambda shift: shift.start != shift.end)


@st.composite
def marks(draw: st.DrawFn) -> list[Event]:
    """Up to eight marks from the evening before to the night after."""
    seconds = draw(st.lists(st.integers(-7200, 36 * 3600), max_size=8, unique=True))
    return [
        Event(
            id=f"e{number}",
            subject=ADA.subject,
            at=MIDNIGHT + timedelta(seconds=second, milliseconds=draw(st.integers(0, 999))),
            kind=draw(KINDS),
            source=draw(st.sampled_from([Source.VIDEO, Source.PIN])),
            kiosk="main",
        )
        for number, second in enumerate(seconds)
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Marks with some corrections of them."""
    events = draw(marks())
    for number, event in enumerate(list(events)):
        for kind in draw(st.lists(st.sampled_from(sorted(CORRECTION_KINDS)), max_size=3)):
            events.append(
                replace(
                    event,
                    id=f"c{number}-{len(events)}",
                    kind=kind,
                    target=event.id,
                    becomes=draw(KINDS) if kind is EventKind.RETYPE else None,
                    author="boss",
                    reason="so",
                    recorded_at=MIDNIGHT + timedelta(hours=draw(st.integers(1, 4))),
                )
            )
    return events


def results(events: list[Event], shift: Shift) -> list[DayRecord]:
    one = timedelta(days=1)
    return days(events, MONDAY - one, MONDAY + one, world(shift))


def test_one_look_is_no_stay_in_a_shift_that_is_over_within_a_second() -> None:
    short = Shift(
        DEFAULT_ID, "any", time(0), time(0, 0, 0, 1), frozenset({0}),
        opens_before=0, closes_after=0, reading=Reading.ALTERNATING,
        counting=Counting.FIRST_LAST, presence_only=False,
    )  # fmt: skip
    looks = [
        Event(f"e{late}", ADA.subject, MIDNIGHT + timedelta(seconds=late), EventKind.PUNCH,
              Source.VIDEO, "main")
        for late in (0, -1)
    ]  # fmt: skip
    assert all(record.worked == 0 for record in results(looks, short))


@given(histories(), shifts, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    events: list[Event], shift: Shift, chance: random.Random
) -> None:
    shuffled = events.copy()
    chance.shuffle(shuffled)
    assert results(shuffled, shift) == results(events, shift)


@given(histories(), shifts)
def test_replaying_events_changes_nothing(events: list[Event], shift: Shift) -> None:
    assert results(events + events[::-1], shift) == results(events, shift)


@given(marks(), shifts)
def test_hours_are_never_negative_and_lie_within_the_window(
    events: list[Event], shift: Shift
) -> None:
    record = judged(events, shift)
    window = occurrence(shift, MONDAY, BERLIN)
    assert 0 <= record.worked <= window.closes - window.opens
    assert min(record.late, record.early, record.overtime, record.deducted) >= 0


@given(marks(), shifts)
def test_every_punch_belongs_to_one_day_at_most(events: list[Event], shift: Shift) -> None:
    week = days(events, MONDAY - timedelta(days=3), MONDAY + timedelta(days=4), world(shift))
    assert sum(record.punches for record in week) <= len(events)


@given(marks().filter(bool), shifts, st.data())
def test_voiding_and_adding_again_restores(
    events: list[Event], shift: Shift, data: st.DataObject
) -> None:
    # Without a part of a second: what a manager can type.
    events = [
        replace(event, at=event.at.replace(microsecond=0), source=Source.PIN) for event in events
    ]
    event = data.draw(st.sampled_from(events))
    void = corrected(Entry(event, event.kind), EventKind.VOID, AUTHOR)
    back = added(event.subject, event.at, event.kind, AUTHOR)

    restored = results([*events, void, back], shift)

    for before, after in zip(results(events, shift), restored, strict=True):
        assert replace(after, flags=after.flags & ~Flag.CORRECTED) == before


@given(marks().filter(bool), shifts, st.data())
def test_a_void_punch_is_as_if_it_had_never_been(
    events: list[Event], shift: Shift, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(events))
    void = corrected(Entry(event, event.kind), EventKind.VOID, AUTHOR)
    others = [one for one in events if one is not event]
    assert results([*events, void], shift) == results(others, shift)


@given(marks().filter(bool), shifts, st.data())
def test_confirming_a_void_punch_brings_it_back(
    events: list[Event], shift: Shift, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(events))
    void = corrected(Entry(event, event.kind), EventKind.VOID, AUTHOR)
    later = replace(AUTHOR, at=AUTHOR.at + timedelta(hours=1))
    back = corrected(Entry(event, event.kind, voided=True), EventKind.CONFIRM, later)
    assert results([*events, back, void], shift) == results(events, shift)


@given(marks().filter(bool))
def test_a_dispute_counts_until_somebody_voids(events: list[Event]) -> None:
    event = events[0]
    doubt = corrected(Entry(event, event.kind), EventKind.DISPUTE, AUTHOR)
    stands = {entry.event.id: entry for entry in entries([*events, doubt]).marks}
    assert stands[event.id].disputed
    assert not stands[event.id].voided


@given(marks().filter(bool), KINDS)
def test_retyping_keeps_the_original(events: list[Event], kind: EventKind) -> None:
    event = replace(events[0], kind=EventKind.PUNCH)
    if kind is EventKind.PUNCH:
        return
    change = corrected(Entry(event, event.kind), EventKind.RETYPE, AUTHOR, kind)
    stood = {entry.event.id: entry for entry in entries([event, change]).marks}[event.id]
    assert stood.event == event
    assert stood.kind is kind
