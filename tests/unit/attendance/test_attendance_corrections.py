"""Corrections, the audit trail and the answer to 'why this status?'."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import streamlit

from face_rec.attendance.marks.correction import audit, choices
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.terms.status import Status
from face_rec.domain.errors import CorrectionRefused, NotAllowed, PersonMissing
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.domain.marks import Event, EventKind
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.translator import Translators
from pages.ui.own import day as own_day
from tests.attendance_days import ADA, DAY_SHIFT, MONDAY, at, shift
from tests.attendance_world import LATER, World


@pytest.fixture
def world() -> World:
    return World()


def test_a_retyped_punch_keeps_its_original(world: World) -> None:
    came, _ = world.mark("09:00 17:00")
    service = world.service()
    service.corrections.correct(
        EventKind.RETYPE, came, "boss", "wrong button", becomes=EventKind.OUT, within=ALL_GROUPS
    )
    entry = service.mark_queries.entry(came)
    assert entry.event == came
    assert entry.kind is EventKind.OUT


def test_a_correction_lies_in_the_list_of_the_punch_it_corrects(world: World) -> None:
    (came,) = world.mark("00:30")  # still Sunday in UTC
    before = world.attendance.length(MONDAY - timedelta(days=1))
    world.service().corrections.correct(EventKind.VOID, came, "boss", "not him", within=ALL_GROUPS)
    assert world.attendance.length(MONDAY - timedelta(days=1)) == before + 1
    assert world.attendance.length(MONDAY) == 0


def test_the_audit_trail_shows_before_and_after_author_and_reason(world: World) -> None:
    came, _ = world.mark("09:00 17:00")
    service = world.service()
    service.corrections.correct(EventKind.DISPUTE, came, "Ada", "I was ill", within=ALL_GROUPS)
    world.clock.advance(60)
    service.corrections.correct(EventKind.VOID, came, "boss", "she was ill", within=ALL_GROUPS)
    world.clock.advance(60)
    service.corrections.correct(
        EventKind.RETYPE, came, "boss", "typed", becomes=EventKind.IN, within=ALL_GROUPS
    )

    lines = audit(service.mark_queries.entry(came))

    assert [(line.author, line.before, line.after, line.reason) for line in lines] == [
        ("Ada", "mark", "disputed", "I was ill"),
        ("boss", "disputed", "voided", "she was ill"),
        ("boss", "voided", "check-in", "typed"),
    ]
    assert [line.after for line in service.mark_queries.audit(MONDAY, MONDAY)] == [
        "check-in",
        "voided",
        "disputed",
    ]


def test_an_added_punch_is_in_the_audit_trail(world: World) -> None:
    world.mark("09:00")
    service = world.service()
    service.corrections.add(
        ADA.subject, at(MONDAY, "17:00"), EventKind.OUT, "boss", "forgot", within=ALL_GROUPS
    )
    (line,) = service.mark_queries.audit(MONDAY, MONDAY)
    assert (line.before, line.after, line.at) == ("nothing", "check-out", LATER)


def test_the_trail_of_a_mark_is_said_in_its_readers_language_to_the_office_and_to_the_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (came,) = world.mark("09:00")
    corrections, told = world.service().corrections, ALL_GROUPS
    corrections.correct(EventKind.RETYPE, came, "boss", "x", becomes=EventKind.IN, within=told)
    world.clock.advance(60)
    corrections.correct(EventKind.VOID, came, "boss", "x", within=told)
    german, shown = Translators().of("de"), list[str]()
    monkeypatch.setattr(streamlit, "html", shown.append)
    explained = world.service().mark_queries.explain(ADA.subject, MONDAY)
    own_day._corrections(explained, german)
    assert [re.sub("<[^>]+>", "|", one).split("|")[2] for one in shown[-2:]] == [
        "Buchung → Kommen", "Kommen → storniert",
    ]  # fmt: skip
    held = replace(came, id="held", kind=EventKind.HELD)
    (line,) = audit(Entry(held, held.kind))
    assert [german.said(word) for word in (line.before, line.after)] == [
        "nichts",
        "zurückgehalten",
    ]


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_without_a_fit_reason_nothing_is_corrected(world: World, reason: str) -> None:
    (came,) = world.mark("09:00")
    with pytest.raises(CorrectionRefused):
        world.service().corrections.correct(
            EventKind.VOID, came, "boss", reason, within=ALL_GROUPS
        )
    assert world.attendance.length(MONDAY) == 1


def test_without_an_author_nothing_is_corrected(world: World) -> None:
    (came,) = world.mark("09:00")
    with pytest.raises(CorrectionRefused, match="author"):
        world.service().corrections.correct(
            EventKind.DISPUTE, came, " ", "because", within=ALL_GROUPS
        )


def test_what_changes_nothing_is_refused(world: World) -> None:
    (came,) = world.mark("in@09:00")
    corrections = world.service().corrections
    with pytest.raises(CorrectionRefused, match="counts as check-in already"):
        corrections.correct(
            EventKind.RETYPE, came, "boss", "so", becomes=EventKind.IN, within=ALL_GROUPS
        )
    with pytest.raises(CorrectionRefused, match="can become"):
        corrections.correct(
            EventKind.RETYPE, came, "boss", "so", becomes=EventKind.VOID, within=ALL_GROUPS
        )
    for kind in (EventKind.DISPUTE, EventKind.CONFIRM, EventKind.VOID):
        corrections.correct(kind, came, "boss", "so", within=ALL_GROUPS)
        with pytest.raises(CorrectionRefused, match="already"):
            corrections.correct(kind, came, "boss", "so", within=ALL_GROUPS)
        world.clock.advance(1)


def test_a_mark_that_was_confirmed_and_then_voided_can_be_brought_back(world: World) -> None:
    (came,) = world.mark("09:00")
    service = world.service()
    for kind in (EventKind.CONFIRM, EventKind.VOID, EventKind.CONFIRM):
        assert kind in {one.kind for one in choices(service.mark_queries.entry(came))}
        service.corrections.correct(kind, came, "boss", "so", within=ALL_GROUPS)
        world.clock.advance(1)
    assert not service.mark_queries.entry(came).voided


def test_only_what_would_change_something_is_offered(world: World) -> None:
    (came,) = world.mark("in@09:00")
    service = world.service()
    offered = [one.words for one in choices(service.mark_queries.entry(came))]
    assert offered == [
        "Does not count", "Count as mark", "Count as check-out", "Count as break",
        "Confirm", "Dispute",
    ]  # fmt: skip
    service.corrections.correct(EventKind.VOID, came, "boss", "so", within=ALL_GROUPS)
    offered = [one.words for one in choices(service.mark_queries.entry(came))]
    assert offered == [
        "Count as mark",
        "Count as check-out",
        "Count as break",
        "Confirm",
        "Dispute",
    ]


@pytest.mark.parametrize("within", [NO_GROUPS, only("Shop"), only("")])
def test_a_manager_corrects_nobody_of_other_groups_whatever_the_page_showed(
    world: World, within: Groups
) -> None:
    (came,) = world.mark("09:00")
    corrections, before = world.service().corrections, len(world.attendance.day(MONDAY))
    for kind in (EventKind.VOID, EventKind.CONFIRM, EventKind.DISPUTE):
        with pytest.raises(NotAllowed, match="may not correct this person"):
            corrections.correct(kind, came, "boss", "so", within=within)
    with pytest.raises(NotAllowed):
        corrections.correct(
            EventKind.RETYPE, came, "boss", "so", becomes=EventKind.OUT, within=within
        )
    with pytest.raises(NotAllowed):
        corrections.add(ADA.subject, LATER, EventKind.IN, "boss", "so", within=within)
    assert len(world.attendance.day(MONDAY)) == before
    assert corrections.correct(EventKind.VOID, came, "boss", "so", within=only(ADA.group))


def test_the_mark_of_somebody_erased_is_corrected_by_who_sees_all_groups_only(
    world: World,
) -> None:
    (came,) = world.mark("09:00")
    world.people.delete(ADA.subject)
    with pytest.raises(NotAllowed):
        world.service().corrections.correct(
            EventKind.VOID, came, "boss", "so", within=only(ADA.group)
        )
    assert world.service().corrections.correct(
        EventKind.VOID, came, "boss", "so", within=ALL_GROUPS
    )


def test_a_punch_to_come_cannot_be_added(world: World) -> None:
    with pytest.raises(CorrectionRefused, match="past"):
        world.service().corrections.add(
            ADA.subject,
            LATER + timedelta(minutes=1),
            EventKind.IN,
            "boss",
            "soon",
            within=ALL_GROUPS,
        )


def test_a_punch_cannot_be_added_for_nobody(world: World) -> None:
    with pytest.raises(PersonMissing):
        world.service().corrections.add(
            "gone", LATER, EventKind.IN, "boss", "so", within=ALL_GROUPS
        )


def test_only_marks_can_be_added(world: World) -> None:
    with pytest.raises(CorrectionRefused, match="punch, an IN, an OUT or a BREAK"):
        world.service().corrections.add(
            ADA.subject, LATER, EventKind.VOID, "boss", "so", within=ALL_GROUPS
        )


def test_a_time_without_zone_is_refused(world: World) -> None:
    with pytest.raises(CorrectionRefused, match="zone"):
        world.service().corrections.add(
            ADA.subject,
            LATER.replace(tzinfo=None),
            EventKind.IN,
            "boss",
            "so",
            within=ALL_GROUPS,
        )


def test_a_punch_that_is_gone_cannot_be_corrected(world: World) -> None:
    (came,) = world.mark("09:00")
    elsewhere = World().service()
    with pytest.raises(CorrectionRefused, match="not there any more"):
        elsewhere.corrections.correct(EventKind.VOID, came, "boss", "so", within=ALL_GROUPS)


def explained(world: World) -> str:
    answer = world.service().mark_queries.explain(ADA.subject, MONDAY)
    return "\n".join((*answer.rule, *answer.steps))


def test_lateness_is_explained_with_shift_rule_and_arithmetic() -> None:
    world = World(shift(unpaid_break=30))
    world.mark("09:12:05 17:00")
    text = explained(world)
    assert "Day: Mon 09:00 to Mon 17:00 on Mon, Tue, Wed, Thu, Fri." in text
    assert "In at Mon 09:12:05, 12 min 05 s after Mon 09:00" in text
    assert "minus 30 min break" in text
    assert "Worked: 7 h 17 min" in text
    assert text.endswith("So the day is: late.")


def test_every_punch_is_explained_used_or_not(world: World) -> None:
    events: list[Event] = world.mark("05:00 09:00 09:02 12:00 17:00")
    world.service().corrections.correct(
        EventKind.VOID, events[3], "boss", "somebody else", within=ALL_GROUPS
    )
    lines = world.service().mark_queries.explain(ADA.subject, MONDAY).events
    assert [(line.used, line.note) for line in lines] == [
        (False, "outside the check-in window"),
        (True, ""),
        (False, "seen again within the minimum stay: not counted as leaving"),
        (False, "voided"),
        (True, ""),
    ]


def test_a_missing_check_out_is_explained(world: World) -> None:
    world.mark("09:00")
    text = explained(world)
    assert "Mon 09:00 to Mon 17:00 (end of the shift, no check-out) = 8 h 00 min" in text
    assert "closed by the rules" in text


def test_an_absence_by_hours_is_explained() -> None:
    world = World(shift(absent_below=120, half_day_below=240))
    world.mark("09:00 10:00")
    assert "1 h 00 min is less than 2 h 00 min: absent." in explained(world)


def test_a_half_day_is_explained() -> None:
    world = World(shift(half_day_below=240))
    world.mark("09:00 12:00")
    assert "3 h 00 min is less than 4 h 00 min: half a day." in explained(world)


def test_leave_over_presence_is_explained() -> None:
    world = World(DAY_SHIFT, Leave("l", ADA.subject, MONDAY, MONDAY, "Sick leave"))
    world.mark("09:00 17:00")
    text = explained(world)
    assert "Day off: Sick leave." in text
    assert "was here on a day off" in text


def test_an_outage_is_explained() -> None:
    world = World(DAY_SHIFT, KioskRecord("gate"))
    world.rules.beat("gate", at(MONDAY, "10:00"), since=at(MONDAY, "07:00"))
    answer = world.service().mark_queries.explain(ADA.subject, MONDAY)
    assert answer.record.status is Status.KIOSK_DOWN
    assert answer.outages == ("Kiosk gate gave no sign of life from Mon 10:00 to Mon 17:00.",)


def test_the_explanation_agrees_with_the_book(world: World) -> None:
    world.mark("08:00 09:30 12:00 12:20 16:00")
    book, inquiry = world.service().timesheets, world.service().mark_queries
    assert inquiry.explain(ADA.subject, MONDAY).record == book.day(MONDAY)[0]


def test_many_marks_are_decided_together_and_all_or_none(world: World) -> None:
    events = world.mark("09:00 12:00 17:00")
    corrections = world.service().corrections
    with pytest.raises(CorrectionRefused, match="Say why"):
        corrections.decide(events, True, "boss", " ", within=ALL_GROUPS)
    with pytest.raises(NotAllowed):
        corrections.decide(events, True, "boss", "seen", within=only("Elsewhere"))
    assert all(not entry.confirmed for entry in world.service().mark_queries.marks(MONDAY))
    corrections.correct(EventKind.VOID, events[0], "other", "not them", within=ALL_GROUPS)
    written = corrections.decide(events, True, "boss", "seen", within=ALL_GROUPS)
    assert [event.target for event in written] == [event.id for event in events[1:]]
    entries = world.service().mark_queries.marks(MONDAY)
    assert [(one.voided, one.confirmed) for one in entries] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip
