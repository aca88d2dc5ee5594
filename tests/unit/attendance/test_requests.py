"""What people may ask for about their own marks, and what becomes of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from face_rec.domain.errors import CorrectionRefused, NotAllowed
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.marks import EventKind
from face_rec.domain.people import Person
from face_rec.requests.desk import ASKED_FOR, RequestDesk
from face_rec.requests.request import BACK, MOST_WAITING, Standing, Wish
from tests.fakes.system import FakeSystem
from tests.samples import a_person


@pytest.fixture
def world() -> Iterator[FakeSystem]:
    with FakeSystem().running() as system:
        yield system


@pytest.fixture
def ada(world: FakeSystem) -> Person:
    return world.people.create(a_person(), [], world.people.revision())


@pytest.fixture
def desk(world: FakeSystem) -> RequestDesk:
    return world.requests_desk()


@pytest.fixture
def wish(world: FakeSystem) -> Wish:
    return Wish(world.clock.now() - timedelta(hours=2), EventKind.IN)


def marks(world: FakeSystem, at: datetime) -> list[tuple[EventKind, str | None, str | None]]:
    day = at.astimezone(world.service.timesheets.zone).date()
    found = world.service.timesheets.marks(day, day)
    return [(one.kind, one.event.author, one.event.reason) for one in found]


def test_what_is_approved_becomes_a_correction_by_whoever_approved_it(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish
) -> None:
    one = desk.ask(ada.subject, wish, "The kiosk did not see me")
    assert world.asked == [ada.subject]
    assert not marks(world, wish.at)
    (waiting,) = desk.waiting(ALL_GROUPS)
    assert (waiting.person.id, waiting.reason) == (ada.id, "The kiosk did not see me")
    desk.approve(ada.subject, one.id, "boss", "Seen on the list", within=ALL_GROUPS)
    assert marks(world, wish.at) == [(EventKind.IN, "boss", f"{ASKED_FOR}: Seen on the list")]
    (told,) = desk.of(ada.subject)
    assert (told.standing, told.by) == (Standing.APPROVED, "boss")
    assert told.made
    assert not desk.waiting(ALL_GROUPS)
    with pytest.raises(CorrectionRefused, match="decided"):
        desk.approve(ada.subject, one.id, "boss", "", within=ALL_GROUPS)


def test_a_wrong_mark_that_is_approved_does_not_count_any_more(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish
) -> None:
    made = world.service.corrections.add(
        ada.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    one = desk.ask(ada.subject, Wish(wish.at, EventKind.OUT, made.id), "That was my brother")
    assert one.wish.kind is EventKind.IN  # as the mark is, not as was sent
    desk.approve(ada.subject, one.id, "boss", "", within=ALL_GROUPS)
    assert not marks(world, wish.at)


def test_nobody_asks_about_somebody_else_s_mark(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish
) -> None:
    bob = world.people.create(a_person("8"), [], world.people.revision())
    made = world.service.corrections.add(
        bob.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    with pytest.raises(CorrectionRefused, match="not yours"):
        desk.ask(ada.subject, Wish(wish.at, EventKind.IN, made.id), "Not me")


def test_what_cannot_be_asked_for_is_refused_in_words(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish
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
            desk.ask(ada.subject, asked, reason)
    desk.ask(ada.subject, wish, "x")
    with pytest.raises(CorrectionRefused, match="already"):
        desk.ask(ada.subject, wish, "x")
    for number in range(1, MOST_WAITING):
        desk.ask(ada.subject, Wish(wish.at - timedelta(minutes=9 * number), EventKind.IN), "x")
    with pytest.raises(CorrectionRefused, match="Ten"):
        desk.ask(ada.subject, Wish(wish.at - timedelta(hours=3), EventKind.IN), "x")
    assert not marks(world, wish.at)


def test_a_mark_that_is_there_already_is_not_asked_for(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish
) -> None:
    world.service.corrections.add(
        ada.subject, wish.at, EventKind.IN, "boss", "x", within=ALL_GROUPS
    )
    with pytest.raises(CorrectionRefused, match="at this time already"):
        desk.ask(ada.subject, Wish(wish.at + timedelta(seconds=30), EventKind.IN), "x")


def test_a_manager_sees_and_decides_for_their_groups_only(
    desk: RequestDesk, ada: Person, wish: Wish
) -> None:
    one = desk.ask(ada.subject, wish, "x")
    others = only("Another group")
    assert not desk.waiting(others)
    for decide in (desk.approve, desk.decline):
        with pytest.raises(NotAllowed):
            decide(ada.subject, one.id, "max", "no", within=others)
    with pytest.raises(CorrectionRefused, match="Say why"):
        desk.decline(ada.subject, one.id, "max", "", within=ALL_GROUPS)
    desk.decline(ada.subject, one.id, "max", "You were in Rome", within=ALL_GROUPS)
    (told,) = desk.of(ada.subject)
    assert (told.standing, desk.book.text(told.id, told.note)) == (
        Standing.DECLINED, "You were in Rome"
    )  # fmt: skip


def test_an_approval_that_fails_leaves_the_request_waiting(
    world: FakeSystem, desk: RequestDesk, ada: Person, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = desk.ask(ada.subject, wish, "x")
    with monkeypatch.context() as broken:
        broken.setattr(world.attendance, "apply", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.approve(ada.subject, one.id, "boss", "", within=ALL_GROUPS)
    assert [waiting.request.id for waiting in desk.waiting(ALL_GROUPS)] == [one.id]
    desk.take_back(ada.subject, one.id)
    assert not desk.waiting(ALL_GROUPS)
