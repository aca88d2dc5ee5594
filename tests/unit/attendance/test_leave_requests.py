"""Leave that people ask for, what is checked, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.leave.balance import Balances, Span, pro_rata
from face_rec.attendance.reports.spreadsheets import csv_file, xlsx_file
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.roster import Employment
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.terms.status import Flag, Status
from face_rec.domain.errors import CorrectionRefused, NotAllowed, RuleRefused, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.people import Person
from face_rec.requests.leave_report import LeaveReports
from face_rec.requests.leave_service import BY_THEMSELVES, LeaveService
from face_rec.requests.request import KEPT, LeaveRequest, Standing
from face_rec.requests.request_service import ASKED_FOR
from tests.fakes.system import FakeSystem
from tests.samples import a_person

BOSS = Decider("boss", "boss", ALL_GROUPS)
ALL = Authority(company=True)
HOLIDAY = LeaveType("h", "Annual leave", counted=True)
SICK = LeaveType("s", "Sick", approval=False, back=14)
HOME = LeaveType("w", "From home", elsewhere=True)


@pytest.fixture
def world() -> Iterator[FakeSystem]:
    with FakeSystem().running() as system:
        default = Shift("default", "Office", days=frozenset(range(5)))
        given = Allowance("a", "h", 10, 2000, carry=3)
        system.service.rules.save(default, HOLIDAY, SICK, HOME, given, authority=ALL)
        yield system


@pytest.fixture
def ada(world: FakeSystem) -> Person:
    made = world.people.create(a_person(), [], world.people.revision())
    long_ago = Employment(made.subject, date(2000, 1, 1))
    world.service.rules.save(long_ago, authority=ALL)
    return made


@pytest.fixture
def service(world: FakeSystem) -> LeaveService:
    return world.leave_service()


@pytest.fixture
def monday(world: FakeSystem) -> date:
    """Two weeks ahead, whose week lies in one year."""
    today = world.service.timesheets.today()
    found = today + timedelta(days=14 - today.weekday())
    return found if (found + timedelta(days=11)).year == found.year else found + timedelta(days=14)


def week(monday: date) -> Span:
    return Span(monday, monday + timedelta(days=6))


def leaves(world: FakeSystem) -> list[Leave]:
    return list(world.service.timesheets.rules().leaves)


def test_what_is_approved_is_leave_at_once_with_both_names(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date
) -> None:
    one = service.ask(ada.subject, "h", week(monday), "Rome \u202eemor")
    assert (one.days, world.asked, leaves(world)) == (5, [ada.subject], [])
    (waiting,) = service.waiting(ALL_GROUPS)
    assert (waiting.person.id, waiting.reason) == (ada.id, "Rome emor")
    assert [(b.taken, b.requested, b.left) for b in waiting.balances] == [(0, 5, 8)]
    anna = Decider("max", "max", only("Other"), {"anna": only(ada.group)})
    service.approve(ada.subject, one.id, anna, "Have fun")
    (leave,) = leaves(world)
    assert (leave.author, leave.reason) == ("max (for anna)", f"{ASKED_FOR}: Have fun")
    (day,) = world.service.timesheets.person(ada.subject, monday, monday)
    assert (day.status, day.note) == (Status.LEAVE, "Annual leave")
    (told,) = service.of(ada.subject)
    assert (told.standing, told.by, world.decided) == (
        Standing.APPROVED, "max (for anna)", [ada.subject]
    )  # fmt: skip
    with pytest.raises(CorrectionRefused, match="decided"):
        service.approve(ada.subject, one.id, BOSS, "")
    assert [b.left for b in service.balances(ada.subject, monday.year)] == [8]
    report = LeaveReports(service.records, world.system.services).of(ALL_GROUPS, monday.year)
    assert report.frame.values.tolist() == [
        ["Ada", ada.id, "Office", "Annual leave", "yes", 10, 3, 5, 0, 8]
    ]
    assert csv_file(report).decode("utf-8-sig").splitlines()[1].endswith("10.0,3.0,5.0,0.0,8.0")
    assert xlsx_file(report)
    assert LeaveReports(service.records, world.system.services).of(only("x"), 2025).frame.empty


def test_what_cannot_be_asked_for_is_said_at_once(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date
) -> None:
    world.service.rules.save(
        Holiday("x", monday + timedelta(days=1), "Feast"),
        replace(HOME, halves=False, ahead=30),
        LeaveType("o", "Office only", asked=False),
        authority=ALL,
    )
    assert [one.id for one in service.types()] == ["h", "w", "s"]
    assert service.weigh(ada.subject, "h", week(monday)).days == 4
    assert service.weigh(ada.subject, "h", replace(week(monday), half=True)).days == 2
    saturday, two = monday + timedelta(days=5), timedelta(days=1)
    cases = [
        ("o", week(monday), "type of leave"),
        ("h", Span(monday, monday - two), "before the first"),
        ("h", Span(saturday, saturday + two), "not expected"),
        ("h", Span(monday, monday + timedelta(days=11)), ""),
        ("h", Span(monday, monday + timedelta(days=25)), "not enough days"),
        ("w", Span(monday, monday, half=True), "no half days"),
        ("w", Span(monday + timedelta(days=42), monday + timedelta(days=42)), "too far ahead"),
        ("s", Span(monday - timedelta(days=42), monday - timedelta(days=42)), "too long ago"),
    ]
    for kind, span, words in cases:
        if words:
            with pytest.raises(CorrectionRefused, match=words):
                service.weigh(ada.subject, kind, span)
            with pytest.raises(CorrectionRefused, match=words):
                service.ask(ada.subject, kind, span, "")
        else:
            assert service.weigh(ada.subject, kind, span).days == 9
    service.ask(ada.subject, "h", week(monday), "")
    with pytest.raises(CorrectionRefused, match="asked for some of these"):
        service.ask(ada.subject, "w", Span(monday, monday), "")
    later = week(monday + timedelta(days=14))
    with pytest.raises(CorrectionRefused, match="not enough"):  # 4 asked for, and 10 are given
        service.ask(ada.subject, "h", replace(later, last=later.last + timedelta(days=7)), "")
    assert not leaves(world)


def test_a_type_that_needs_no_approval_is_entered_at_once_and_overlaps_are_refused(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date
) -> None:
    one = service.ask(ada.subject, "s", Span(monday, monday), "")
    assert (one.standing, world.asked) == (Standing.APPROVED, [])
    assert [leave.author for leave in leaves(world)] == [BY_THEMSELVES]
    with pytest.raises(CorrectionRefused, match="leave on some"):
        service.ask(ada.subject, "h", week(monday), "")
    service.take_back(ada.subject, one.id)
    assert not leaves(world)
    (told,) = service.of(ada.subject)
    assert told.standing is Standing.CANCELLED
    service.ask(ada.subject, "h", week(monday), "")


def test_leave_that_has_begun_is_the_office_s_to_undo(
    world: FakeSystem, service: LeaveService, ada: Person
) -> None:
    today = world.service.timesheets.today()
    day = today - timedelta(days=max(0, today.weekday() - 4))
    one = service.ask(ada.subject, "s", Span(day, today), "Flu")
    with pytest.raises(CorrectionRefused, match="has begun"):
        service.take_back(ada.subject, one.id)
    with pytest.raises(CorrectionRefused, match="Say why"):
        service.undo(ada.subject, one.id, BOSS, " ")
    with pytest.raises(NotAllowed):
        service.undo(ada.subject, one.id, Decider("x", "x", only("Other")), "No")
    assert [shown.request.id for shown in service.undoable(ALL_GROUPS)] == [one.id]
    service.undo(ada.subject, one.id, BOSS, "You were here")
    assert not leaves(world)
    (told,) = service.of(ada.subject)
    assert (told.standing, told.by) == (Standing.CANCELLED, "boss")
    with pytest.raises(CorrectionRefused, match="decided"):
        service.undo(ada.subject, one.id, BOSS, "Again")


def test_who_works_elsewhere_is_present_marked_or_not(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date
) -> None:
    one = service.ask(ada.subject, "w", Span(monday, monday), "")
    service.approve(ada.subject, one.id, BOSS, "")
    world.clock.advance((monday - world.service.timesheets.today()).days * 86_400 + 86_400)
    (day,) = world.service.timesheets.person(ada.subject, monday, monday)
    assert (day.status, day.note) == (Status.PRESENT, "From home")
    assert Flag.ELSEWHERE in day.flags


def test_nobody_decides_their_own_nor_about_other_groups(
    service: LeaveService, world: FakeSystem, ada: Person, monday: date
) -> None:
    one = service.ask(ada.subject, "h", week(monday), "")
    stranger = Decider("max", "max", only("Another group"))
    myself = Decider(ada.id.upper(), "me", ALL_GROUPS)
    assert not service.waiting(stranger.within)
    for by in (stranger, myself):
        for decide in (service.approve, service.decline):
            with pytest.raises(NotAllowed):
                decide(ada.subject, one.id, by, "no")
    with pytest.raises(CorrectionRefused, match="Say why"):
        service.decline(ada.subject, one.id, BOSS, "\u202e")
    service.decline(ada.subject, one.id, BOSS, "Too many are away")
    assert not leaves(world)
    assert [b.requested for b in service.balances(ada.subject, monday.year)] == [0]


def test_an_approval_that_the_calendar_refuses_leaves_the_request_waiting(
    service: LeaveService, world: FakeSystem, ada: Person, monday: date
) -> None:
    one = service.ask(ada.subject, "h", week(monday), "")
    by_hand = Leave("x", ada.subject, monday, monday, "Training")
    world.service.rules.save(by_hand, authority=ALL)
    with pytest.raises(RuleRefused, match="Training"):
        service.approve(ada.subject, one.id, BOSS, "")
    assert [shown.request.id for shown in service.waiting(ALL_GROUPS)] == [one.id]
    world.service.rules.remove(by_hand, authority=ALL)
    world.service.rules.remove(Allowance("a", "h", 10, 2000), authority=ALL)
    world.service.rules.remove(HOLIDAY, authority=ALL)
    with pytest.raises(CorrectionRefused, match="does not exist"):
        service.approve(ada.subject, one.id, BOSS, "")
    service.take_back(ada.subject, one.id)
    assert not service.waiting(ALL_GROUPS)


def test_leave_whose_answer_was_lost_is_approved_and_cannot_be_declined(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    one, rules = service.ask(ada.subject, "h", week(monday), ""), world.service.rules
    save = rules.save

    def lost(*records: Leave, authority: Authority) -> None:
        save(*records, authority=authority)
        raise StoreUnavailable("Redis does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(
            type(rules), "save", lambda _, *all_, authority: lost(*all_, authority=authority)
        )
        with pytest.raises(StoreUnavailable):
            service.approve(ada.subject, one.id, BOSS, "")
    assert len(leaves(world)) == 1
    with pytest.raises(CorrectionRefused, match="decided"):
        service.decline(ada.subject, one.id, BOSS, "No")
    (told,) = service.of(ada.subject)
    assert (told.standing, told.made) == (Standing.APPROVED, leaves(world)[0].id)


def test_whoever_is_cut_off_between_decision_and_leave_enters_it_once(
    service: LeaveService,
    world: FakeSystem,
    ada: Person,
    monday: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = service.ask(ada.subject, "h", week(monday), "")
    with monkeypatch.context() as cut_off:
        cut_off.setattr(service.records, "settle", lambda *_: None)
        service.approve(ada.subject, one.id, BOSS, "")
    world.clock.advance(120)
    assert service.waiting(ALL_GROUPS)
    with pytest.raises(CorrectionRefused, match="was approved"):
        service.decline(ada.subject, one.id, BOSS, "No")
    assert len(leaves(world)) == 1
    assert not service.waiting(ALL_GROUPS)


def test_who_is_erased_meanwhile_leaves_nothing_behind(
    service: LeaveService,
    world: FakeSystem,
    ada: Person,
    monday: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = service._entries
    gone = cast("object", SimpleNamespace(get=lambda _: None))
    with monkeypatch.context() as erased:
        erased.setattr(entries, "_people", gone)
        with pytest.raises(CorrectionRefused):
            service.ask(ada.subject, "s", Span(monday, monday), "")
    assert not leaves(world)
    service.records.forget(ada.subject)
    with monkeypatch.context() as erased:
        erased.setattr(
            service, "_people", SimpleNamespace(get=lambda _: replace(ada, active=False))
        )
        with pytest.raises(CorrectionRefused):
            service.ask(ada.subject, "s", Span(monday, monday), "")
    assert not service.records.of(ada.subject).all


def test_two_half_days_of_different_types_are_a_day_away(
    world: FakeSystem, service: LeaveService, ada: Person, monday: date
) -> None:
    world.service.rules.save(replace(SICK, ahead=366), authority=ALL)
    tuesday = monday + timedelta(days=1)
    for day, kinds in ((monday, "hs"), (tuesday, "hw")):
        for kind in kinds:
            one = service.ask(ada.subject, kind, Span(day, day, half=True), "")
            if one.standing is Standing.ASKED:
                service.approve(ada.subject, one.id, BOSS, "")
        third = next(one for one in "hsw" if one not in kinds)
        with pytest.raises(CorrectionRefused, match="already"):
            service.ask(ada.subject, third, Span(day, day, half=True), "")
    days = (tuesday - world.service.timesheets.today()).days + 3
    world.clock.advance(days * 86400)
    found = world.service.timesheets.person(ada.subject, monday, tuesday)
    assert {(one.day, one.status) for one in found} == {
        (monday, Status.LEAVE), (tuesday, Status.PRESENT),
    }  # fmt: skip
    assert {one.note for one in found} == {"Annual leave, Sick", "Annual leave, From home"}
    assert [one.left for one in service.balances(ada.subject, monday.year)] == [12]


def test_a_balance_knows_carry_over_joining_and_entries_by_hand(
    world: FakeSystem, ada: Person
) -> None:
    mondays = date(2025, 6, 2)
    by_hand = Leave("1", ada.subject, mondays, mondays + timedelta(days=6), " annual LEAVE ")
    across = Leave("2", ada.subject, date(2025, 12, 31), date(2026, 1, 2), type="h", kind="Old")
    own = Allowance("b", "h", 30, 2026, ada.subject, carry=2)
    group = Allowance("c", "h", 99, 2025, group="Another")
    world.service.rules.save(by_hand, across, own, group, authority=ALL)
    found = Balances(world.service.timesheets.rules(), world.service.timesheets.zone)
    last, this = (found.of(ada, HOLIDAY, year) for year in (2025, 2026))
    assert (last.allowed, last.taken) == (10, 6)  # and 3 of each year before carried over
    assert (this.allowed, this.carried, this.taken, this.left) == (30, 2, 2, 30)
    assert found.of(ada, HOLIDAY, 1999).left == 0
    half_year = Employment("x", date(2026, 7, 1))
    assert pro_rata(30, half_year, 2026) == 15.5
    assert pro_rata(30, half_year, 2025) == 0
    assert pro_rata(30, Employment("x", None, date(2026, 3, 31)), 2026) == 7.5


def test_days_that_are_carried_over_are_asked_for_once(
    world: FakeSystem, service: LeaveService, ada: Person
) -> None:
    year, ahead = world.service.timesheets.today().year, replace(HOLIDAY, ahead=732)
    world.service.rules.save(
        ahead,
        Allowance("a", "h", 3, 2000),
        Allowance("b", "h", 3, year + 1, carry=3),
        authority=ALL,
    )
    end, begin = date(year, 12, 31), date(year + 1, 1, 1)
    days = Balances(world.service.timesheets.rules(), world.service.timesheets.zone).days

    def least(first: date, step: int, wanted: float) -> Span:
        """The shortest span from this day on, or until it, that takes so many days."""
        ends = (first + timedelta(days=step * n) for n in range(40))
        spans = (Span(min(first, end), max(first, end)) for end in ends)
        return next(one for one in spans if days(ada, one) == wanted)

    last, first = least(end, -1, 3), least(begin, 1, 6)
    with pytest.raises(CorrectionRefused, match="not enough"):
        service.weigh(ada.subject, "h", Span(last.first, first.last))
    waits = service.ask(ada.subject, "h", first, "all of next year's, with what is carried over")
    assert [one.left for one in service.balances(ada.subject, year + 1)] == [0]
    with pytest.raises(CorrectionRefused, match="not enough"):
        service.ask(ada.subject, "h", last, "and the same days once more")
    service.approve(ada.subject, waits.id, BOSS, "")
    with pytest.raises(CorrectionRefused, match="not enough"):
        service.ask(ada.subject, "h", last, "")
    service.undo(ada.subject, waits.id, BOSS, "no")
    service.ask(ada.subject, "h", last, "")
    assert [one.carried for one in service.balances(ada.subject, year + 1)] == [0]


def test_decided_leave_that_is_to_come_is_kept_until_it_is_over() -> None:
    now = FakeSystem().clock.now()
    one = LeaveRequest(
        "1", "h", "x", now.date(), now.date() + KEPT, False, 1, "", now,
        Standing.APPROVED, decided_at=now,
    )  # fmt: skip
    assert not one.old(now + KEPT)
    assert one.old(now + KEPT + timedelta(days=9))
