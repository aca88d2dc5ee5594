"""Two swap a shift: who may, what the roster says then, and what meanwhile refuses it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Employment
from face_rec.attendance.rules.roster_week import OFF, cells_of, weeks_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.errors import CorrectionRefused, NotAllowed, RuleRefused
from face_rec.domain.groups import only
from face_rec.domain.people import ERASED
from face_rec.requests.request import BY_COLLEAGUE, Standing
from face_rec.requests.swap_rules import check_swap
from face_rec.requests.swap_service import Swap, SwapService
from tests.fakes.system import FakeSystem

ADA, BEN, CID = "subject1", "subject2", "subject3"
ANNA = Decider("anna", "anna", only("Day"))
EARLY, LATE = Shift("early", "Early", time(6), time(14)), Shift("late", "Late", time(14), time(22))


class World:
    """Ada and Ben of one group, Cid of another; Ada has the early shift of ``day``, Ben is off
    then and has the late one two days later."""

    def __init__(self, system: FakeSystem) -> None:
        self.system = system
        for number, (name, group) in enumerate((("Ada", "Day"), ("Ben", "Day"), ("Cid", "Night"))):
            system.add_person(number + 1, name, group)
        system.rules.put(Shift("default", "Office", time(9), time(17)), EARLY, LATE)
        self.day = system.service.timesheets.today() + timedelta(days=7)
        self.later = self.day + timedelta(days=2)
        self.roster({(ADA, self.day): "early", (BEN, self.day): OFF,
                     (ADA, self.later): OFF, (BEN, self.later): "late"})  # fmt: skip
        system.options.decide("swaps", "ask")
        self.service: SwapService = system.swap_service()

    def roster(self, cells: dict[tuple[str, date], str]) -> None:
        self.system.rules.put(*weeks_of(cells))

    def said(self) -> list[str]:
        """Of Ada and Ben, on both days."""
        told = cells_of(self.system.rules.load().rosters)
        return [told[who, day] for day in (self.day, self.later) for who in (ADA, BEN)]

    def ask(self, back: date | None = None) -> Swap:
        self.service.ask(ADA, BEN, self.day, back, "Dentist")
        (offer,) = self.service.offered(BEN)
        return offer

    def standing(self) -> tuple[Standing, str]:
        one = self.service.of(ADA)[0].request
        return one.standing, one.by


@pytest.fixture
def world() -> Iterator[World]:
    with FakeSystem().running() as system:
        yield World(system)


def test_a_shift_is_taken_when_the_colleague_agrees_and_the_manager_lets_it(world: World) -> None:
    offer = world.ask()
    assert (offer.person.name, offer.reason) == ("Ada", "Dentist")
    assert not world.service.waiting(only("Day")), "nobody decides before the colleague agrees"
    with pytest.raises(CorrectionRefused):
        world.service.approve(ADA, offer.request.id, ANNA, "")
    world.service.answer(BEN, offer, agreed=True)
    assert world.system.asked == [ADA]
    assert world.said() == ["early", OFF, OFF, "late"], "nothing has changed yet"
    assert not world.service.waiting(only("Night"))
    (waiting,) = world.service.waiting(only("Day"))
    with pytest.raises(NotAllowed):
        world.service.approve(ADA, waiting.request.id, replace(ANNA, groups=only("Night")), "")
    world.service.approve(ADA, waiting.request.id, ANNA, "Fine")
    assert world.said() == [OFF, "early", OFF, "late"]
    assert world.standing() == (Standing.APPROVED, "anna")
    assert world.system.decided == [ADA]
    assert world.system.colleagues == [BEN, BEN], "when asked, and of the decision"
    with pytest.raises(CorrectionRefused, match="Somebody has decided"):
        world.service.approve(ADA, waiting.request.id, ANNA, "")
    assert not world.service.offered(BEN)


def test_neither_of_the_two_decides_though_they_may_decide_for_their_group(world: World) -> None:
    offer = world.ask()
    world.service.answer(BEN, offer, agreed=True)
    named = {one.subject: one.id for one in world.system.people.all()}
    for own in (ADA, BEN):
        for act in (world.service.approve, world.service.decline):
            with pytest.raises(NotAllowed, match="somebody else decides"):
                act(ADA, offer.request.id, replace(ANNA, account=named[own]), "Mine")
    assert world.standing() == (Standing.ASKED, "")
    world.service.approve(ADA, offer.request.id, ANNA, "")
    assert world.standing() == (Standing.APPROVED, "anna")


def test_two_shifts_are_exchanged_at_once_where_the_site_lets_it(world: World) -> None:
    world.system.options.decide("swaps", "at once")
    world.service.answer(BEN, world.ask(world.later), agreed=True)
    assert world.said() == [OFF, "early", "late", OFF]
    assert world.standing() == (Standing.APPROVED, "the person themselves")
    assert world.system.colleagues == [BEN], "their own answer was the decision"


def test_shifts_of_the_same_day_are_exchanged(world: World) -> None:
    world.roster({(ADA, world.day): "early", (BEN, world.day): "late"})
    world.system.options.decide("swaps", "at once")
    world.service.answer(BEN, world.ask(world.day), agreed=True)
    told = cells_of(world.system.rules.load().rosters)
    assert (told[ADA, world.day], told[BEN, world.day]) == ("late", "early")


def test_what_cannot_be_asked_for_is_refused_in_words(world: World) -> None:
    ask, day = world.service.ask, world.day
    for other, of, back, words in (
        (CID, day, None, "same group"), (ADA, day, None, "same group"),
        ("nobody", day, None, "not there any more"),
        (BEN, world.later, None, "not as they were"),  # Ada is off then
        (BEN, day + timedelta(days=1), None, "must be off"),  # Ben works then
        (BEN, day, day + timedelta(days=1), "must be off"),  # so does Ada
        (BEN, day + timedelta(days=60), None, "too far ahead"),
        (BEN, day - timedelta(days=10), None, "not as they were"),  # before they were registered
    ):  # fmt: skip
        with pytest.raises(CorrectionRefused, match=words):
            ask(ADA, other, of, back, "")
    world.ask()
    with pytest.raises(CorrectionRefused, match="asked about this day"):
        ask(ADA, BEN, day, None, "")
    world.system.options.decide("swaps", "")
    with pytest.raises(CorrectionRefused, match="cannot swap shifts here"):
        ask(ADA, BEN, day, None, "")


@pytest.mark.parametrize(
    "what", ["roster", "leave", "left", "deactivated", "group", "erased", "rest"]
)
def test_what_changed_meanwhile_refuses_with_words_and_changes_nothing(
    world: World, what: str
) -> None:
    world.service.answer(BEN, world.ask(), agreed=True)
    (waiting,) = world.service.waiting(only("Day"))
    people, ben = world.system.people, world.system.people.get(BEN)
    assert ben is not None
    if what == "roster":
        world.roster({(ADA, world.day): "late"})
    elif what == "leave":
        world.system.rules.put(Leave("l", BEN, world.day, world.day))
    elif what == "left":
        world.system.rules.put(Employment(BEN, None, world.day - timedelta(days=1)))
    elif what == "deactivated":
        people.update(replace(ben, active=False))
    elif what == "group":
        people.update(replace(ben, group="Night"))
    elif what == "erased":
        people.delete(BEN)
        world.service.records.forget(BEN)
    else:
        night = Shift("night", "Night", time(23), time(7))
        world.system.rules.put(night)
        world.roster({(ADA, world.day): "early", (BEN, world.day): OFF,
                      (BEN, world.day - timedelta(days=1)): "night"})  # fmt: skip
    before = world.system.rules.load().rosters
    with pytest.raises((CorrectionRefused, RuleRefused)):
        world.service.approve(ADA, waiting.request.id, ANNA, "")
    assert world.system.rules.load().rosters == before
    assert world.standing() == (Standing.ASKED, "")


def test_only_who_is_asked_answers_and_once_and_what_is_taken_back_is_gone(world: World) -> None:
    offer = world.ask()
    with pytest.raises(CorrectionRefused):
        world.service.answer(CID, offer, agreed=True)
    with pytest.raises(CorrectionRefused):
        world.service.answer(ADA, offer, agreed=True)
    world.service.take_back(ADA, offer.request.id)
    assert not world.service.offered(BEN)
    assert not world.service.records.of(BEN).offers, (
        "who asks and takes back heaps nothing up at others"
    )
    with pytest.raises(CorrectionRefused, match="decided"):
        world.service.answer(BEN, offer, agreed=True)
    again = world.ask()
    world.service.answer(BEN, again, agreed=False)
    assert world.standing() == (Standing.DECLINED, BY_COLLEAGUE)
    with pytest.raises(CorrectionRefused, match="decided"):
        world.service.answer(BEN, again, agreed=True)


def test_a_colleague_who_agreed_is_told_that_it_was_taken_back_and_no_other_one(
    world: World,
) -> None:
    offer = world.ask()
    world.service.take_back(ADA, offer.request.id)
    assert world.system.colleagues == [BEN], "who has not answered has nothing to hear"
    agreed = world.ask()
    world.service.answer(BEN, agreed, agreed=True)
    world.service.take_back(ADA, agreed.request.id)
    assert world.system.colleagues == [BEN] * 3


def test_in_which_language_somebody_reads_is_kept_in_their_copy_and_goes_with_them(
    world: World,
) -> None:
    service = world.system.requests_service()
    service.reads_in(BEN, "de")
    assert (service.records.language(BEN), service.records.language(ADA)) == ("de", "")
    assert service.records.held(BEN) == [{"reads_in": "de"}]
    world.system.people.delete(BEN)
    service.records.forget(BEN)
    service.reads_in(BEN, "de")  # a page that was still open
    assert not service.records.all()


def test_who_is_cut_off_between_decision_and_roster_finds_it_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.service.answer(BEN, world.ask(), agreed=True)
    (waiting,) = world.service.waiting(only("Day"))

    def cut_off(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(world.service.records, "settle", cut_off)
    with pytest.raises(SystemExit):
        world.service.approve(ADA, waiting.request.id, ANNA, "")
    monkeypatch.undo()
    assert world.said() == [OFF, "early", OFF, "late"]
    assert not world.service.waiting(only("Day"))
    world.system.clock.advance(61)
    (stuck,) = world.service.waiting(only("Day"))
    world.service.approve(ADA, stuck.request.id, ANNA, "")
    assert world.service.of(ADA)[0].request.made
    assert world.said() == [OFF, "early", OFF, "late"]


def test_what_nobody_answered_goes_at_the_colleague_too_though_they_ask_for_nothing(
    world: World,
) -> None:
    world.ask()
    world.system.people.delete(ADA)
    world.service.records.forget(ADA)
    world.system.clock.advance(16 * 86_400)
    world.service.records.tidy(world.system.clock.now(), world.system.people.many)
    assert not world.service.records.of(BEN).offers, "it names somebody who was erased"


def test_a_roster_that_changes_while_a_swap_is_looked_at_is_not_written_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.service.answer(BEN, world.ask(), agreed=True)
    (waiting,) = world.service.waiting(only("Day"))

    def meanwhile(*things: Any) -> None:  # noqa: ANN401
        check_swap(*things)
        world.roster({(ADA, world.day): "late"})

    monkeypatch.setattr("face_rec.requests.swap_service.check_swap", meanwhile)
    with pytest.raises(RuleRefused, match="Somebody else changed"):
        world.service.approve(ADA, waiting.request.id, ANNA, "")
    assert world.said()[0] == "late"
    assert world.standing() == (Standing.ASKED, "")


def test_a_swap_leads_nowhere_once_one_of_the_two_is_erased(world: World) -> None:
    offer, records = world.ask(), world.service.records
    world.service.answer(BEN, offer, agreed=True)
    world.service.ask(BEN, ADA, world.later, None, "")
    assert [records.of(one).colleagues for one in (ADA, BEN)] == [{BEN}, {ADA}]
    assert records.forget(BEN) == 1
    assert records.of(ADA).colleagues == {ERASED}
    assert not world.service.offered(ADA)
    assert world.service.of(ADA)[0].other is None, "that they asked somebody stays"


def test_old_swaps_go_and_a_copy_names_no_colleague(world: World) -> None:
    world.service.answer(BEN, world.ask(), agreed=True)
    held = world.service.records.held(ADA)
    assert held[0]["swap_of"] == world.day.isoformat()
    assert "Ben" not in str(held)
    assert BEN not in str(held)
    world.system.clock.advance(20 * 86_400)
    people = world.system.people
    removed = world.service.records.tidy(world.system.clock.now(), people.many)
    assert removed == 1
    assert not world.service.of(ADA)
