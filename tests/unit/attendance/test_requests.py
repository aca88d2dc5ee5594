"""What people may ask for about their own marks, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from face_rec.access.accounts.deciding import Decider
from face_rec.domain.errors import CorrectionRefused, NotAllowed, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.marks import EventKind
from face_rec.domain.people import Person
from face_rec.requests.asking import BACK, MOST_A_DAY, MOST_WAITING, moment
from face_rec.requests.request import KEPT_BACK, Standing, Wish
from face_rec.requests.request_service import ASKED_FOR, RequestService
from tests.fakes.system import FakeSystem
from tests.samples import a_person

BOSS = Decider("boss", "boss", ALL_GROUPS)
MAX = Decider("max", "max", ALL_GROUPS)


@pytest.fixture
def world() -> Iterator[FakeSystem]:
    with FakeSystem().running() as system:
        yield system


@pytest.fixture
def ada(world: FakeSystem) -> Person:
    return world.people.create(a_person(), [], world.people.revision())


@pytest.fixture
def service(world: FakeSystem) -> RequestService:
    return world.requests_service()


@pytest.fixture
def wish(world: FakeSystem) -> Wish:
    return Wish(world.clock.now() - timedelta(hours=2), EventKind.IN)


def marks(world: FakeSystem, at: datetime) -> list[tuple[EventKind, str | None, str | None]]:
    day = at.astimezone(world.service.timesheets.zone).date()
    found = world.service.timesheets.marks(day, day)
    return [(one.kind, one.event.author, one.event.reason) for one in found]


def test_what_is_approved_becomes_a_correction_by_whoever_approved_it(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    one = service.ask(ada.subject, wish, "The kiosk did not see me")
    assert world.asked == [ada.subject]
    assert not marks(world, wish.at)
    (waiting,) = service.waiting(ALL_GROUPS)
    assert (waiting.person.id, waiting.reason) == (ada.id, "The kiosk did not see me")
    service.approve(ada.subject, one.id, BOSS, "Seen on the list")
    assert marks(world, wish.at) == [(EventKind.IN, "boss", f"{ASKED_FOR}: Seen on the list")]
    (told,) = service.of(ada.subject)
    assert (told.standing, told.by) == (Standing.APPROVED, "boss")
    assert told.made
    assert not service.waiting(ALL_GROUPS)
    with pytest.raises(CorrectionRefused, match="decided"):
        service.approve(ada.subject, one.id, BOSS, "")


def test_a_wrong_mark_that_is_approved_does_not_count_any_more(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    made = world.service.corrections.add(
        ada.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    one = service.ask(ada.subject, Wish(wish.at, EventKind.OUT, made.id), "That was my brother")
    assert one.wish.kind is EventKind.IN  # as the mark is, not as was sent
    service.approve(ada.subject, one.id, BOSS, "")
    assert not marks(world, wish.at)


def test_nobody_asks_about_somebody_else_s_mark(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    bob = world.people.create(a_person("8"), [], world.people.revision())
    made = world.service.corrections.add(
        bob.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    with pytest.raises(CorrectionRefused, match="not yours"):
        service.ask(ada.subject, Wish(wish.at, EventKind.IN, made.id), "Not me")


def test_what_cannot_be_asked_for_is_refused_in_words(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    now = world.clock.now()
    cases = [
        (Wish(now + timedelta(minutes=5), EventKind.IN), "x", "not come yet"),
        (Wish(now - BACK - timedelta(hours=1), EventKind.IN), "x", "31 days"),
        (Wish(wish.at, EventKind.VOID), "x", "came or left"),
        (wish, " ", "needs a reason"),
        (wish, "x" * 501, "500"),
    ]
    for asked, reason, words in cases:
        with pytest.raises(CorrectionRefused, match=words):
            service.ask(ada.subject, asked, reason)
    service.ask(ada.subject, wish, "x")
    with pytest.raises(CorrectionRefused, match="already"):
        service.ask(ada.subject, wish, "x")
    for number in range(1, MOST_WAITING):
        service.ask(ada.subject, Wish(wish.at - timedelta(minutes=9 * number), EventKind.IN), "x")
    with pytest.raises(CorrectionRefused, match="Ten"):
        service.ask(ada.subject, Wish(wish.at - timedelta(hours=3), EventKind.IN), "x")
    assert not marks(world, wish.at)


def test_a_mark_that_is_there_already_is_not_asked_for(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    world.service.corrections.add(
        ada.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    with pytest.raises(CorrectionRefused, match="at this time already"):
        service.ask(ada.subject, Wish(wish.at + timedelta(seconds=30), EventKind.IN), "x")


def test_a_manager_sees_and_decides_for_their_groups_only(
    service: RequestService, ada: Person, wish: Wish
) -> None:
    one = service.ask(ada.subject, wish, "x")
    others = only("Another group")
    assert not service.waiting(others)
    for decide in (service.approve, service.decline):
        with pytest.raises(NotAllowed):
            decide(ada.subject, one.id, Decider("max", "max", others), "no")
    with pytest.raises(CorrectionRefused, match="Say why"):
        service.decline(ada.subject, one.id, MAX, "")
    service.decline(ada.subject, one.id, MAX, "You were in Rome")
    (told,) = service.of(ada.subject)
    assert (told.standing, service.records.text(told.id, told.note)) == (
        Standing.DECLINED, "You were in Rome"
    )  # fmt: skip


def test_an_approval_that_fails_leaves_the_request_waiting(
    world: FakeSystem,
    service: RequestService,
    ada: Person,
    wish: Wish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = service.ask(ada.subject, wish, "x")
    with monkeypatch.context() as broken:
        broken.setattr(world.attendance, "apply", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            service.approve(ada.subject, one.id, BOSS, "")
    assert [waiting.request.id for waiting in service.waiting(ALL_GROUPS)] == [one.id]
    service.take_back(ada.subject, one.id)
    assert not service.waiting(ALL_GROUPS)


def test_whoever_asks_and_takes_back_all_day_is_told_to_wait_and_fills_nothing(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    for _ in range(MOST_A_DAY):
        service.take_back(ada.subject, service.ask(ada.subject, wish, "x").id)
    with pytest.raises(CorrectionRefused, match="tomorrow"):
        service.ask(ada.subject, wish, "x")
    assert len(world.asked) == MOST_A_DAY
    world.clock.advance(KEPT_BACK.total_seconds())
    service.ask(ada.subject, Wish(world.clock.now(), EventKind.IN), "x")
    assert len(service.of(ada.subject)) == 1


def test_a_request_that_meets_a_deactivation_leaves_the_ones_before_it(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    first = service.ask(ada.subject, wish, "x")
    found = world.people.get(ada.subject)
    assert found is not None
    world.people.update(replace(found, active=False))
    with pytest.raises(CorrectionRefused):
        service.ask(ada.subject, Wish(wish.at - timedelta(hours=1), EventKind.IN), "x")
    assert [one.id for one in service.of(ada.subject)] == [first.id]
    service.records.forget(ada.subject)  # as an erasure does, which hides its person first
    with pytest.raises(CorrectionRefused):
        service.ask(ada.subject, wish, "x")
    assert not service.records.of(ada.subject).all


def test_what_was_changed_meanwhile_is_not_changed_by_an_old_request(
    world: FakeSystem, service: RequestService, ada: Person, wish: Wish
) -> None:
    made = world.service.corrections.add(
        ada.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    one = service.ask(ada.subject, Wish(wish.at, EventKind.IN, made.id), "Wrong")
    earlier = wish.at - timedelta(hours=1)
    other = service.ask(ada.subject, Wish(earlier, EventKind.OUT), "I left")
    world.service.corrections.correct(
        EventKind.RETYPE, made, "boss", "It was out", becomes=EventKind.OUT, within=ALL_GROUPS
    )
    world.service.corrections.add(
        ada.subject, earlier, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    for asked in (one, other):
        with pytest.raises(CorrectionRefused, match="changed since"):
            service.approve(ada.subject, asked.id, MAX, "")
    assert len(service.waiting(ALL_GROUPS)) == 2
    assert [kind for kind, *_ in marks(world, wish.at)] == [EventKind.IN, EventKind.OUT]


def test_a_correction_whose_answer_was_lost_is_approved_and_cannot_be_declined(
    world: FakeSystem,
    service: RequestService,
    ada: Person,
    wish: Wish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, apply = service.ask(ada.subject, wish, "x"), world.attendance.apply

    def lost(*all_: Any, **named: Any) -> None:  # noqa: ANN401 - whatever it takes
        apply(*all_, **named)
        raise StoreUnavailable("Redis does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(world.attendance, "apply", lost)
        with pytest.raises(StoreUnavailable):
            service.approve(ada.subject, one.id, BOSS, "")
    with pytest.raises(CorrectionRefused, match="decided"):
        service.decline(ada.subject, one.id, MAX, "No")
    (told,) = service.of(ada.subject)
    assert (told.standing, bool(told.made)) == (Standing.APPROVED, True)


def test_what_was_approved_up_to_the_mark_is_not_declined_after_it(
    world: FakeSystem,
    service: RequestService,
    ada: Person,
    wish: Wish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = service.ask(ada.subject, wish, "x")
    with monkeypatch.context() as cut_off:
        cut_off.setattr(service.records, "settle", lambda *_: None)
        service.approve(ada.subject, one.id, BOSS, "")
    world.clock.advance(120)
    assert service.waiting(ALL_GROUPS)
    with pytest.raises(CorrectionRefused, match="was approved"):
        service.decline(ada.subject, one.id, MAX, "No")
    (told,) = service.of(ada.subject)
    assert (told.standing, told.by, bool(told.made)) == (Standing.APPROVED, "boss", True)
    assert not service.waiting(ALL_GROUPS)


def test_a_time_that_the_clocks_left_out_is_refused_and_one_that_came_twice_is_the_first() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(CorrectionRefused, match="put forward"):
        moment(date(2026, 3, 29), time(2, 30), berlin)
    assert moment(date(2026, 10, 25), time(2, 30), berlin) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
