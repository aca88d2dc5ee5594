"""Which visits without a name count, for whom, and how often."""

from dataclasses import replace

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Person
from face_rec.domain.recognition import NO_MATCH, Match, Unnamed
from face_rec.people.missed.counter import MissCounter
from face_rec.people.missed.visits import AWAY, UnnamedVisits, nearest
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.samples import a_person, a_template


def _track(score: float, lead: float = 0.2, subject: str | None = "ada") -> Unnamed:
    return Unnamed("door", Match(subject, score, lead), threshold=0.34, margin=0.08)


@pytest.mark.parametrize(
    ("score", "whom"),
    [(0.31, "ada"), (0.301, "ada"), (0.36, "ada"), (0.299, None), (0.1, None)],
    ids=["near", "just near", "with looks that disagree", "not near", "a stranger"],
)
def test_a_visit_counts_if_it_came_half_a_lead_near(score: float, whom: str | None) -> None:
    assert nearest(_track(score)) == whom


def test_of_two_who_are_nearly_as_near_neither_is_meant() -> None:
    assert nearest(_track(0.32, lead=0.041)) == "ada"
    assert nearest(_track(0.32, lead=0.039)) is None
    assert nearest(_track(0.4, lead=0.0)) is None


def test_in_an_empty_gallery_nobody_is_meant() -> None:
    assert nearest(Unnamed("door", NO_MATCH, 0.34, 0.08)) is None


def test_a_visit_counts_once_however_often_its_track_is_lost() -> None:
    visits = UnnamedVisits()
    for now in (0.0, 20.0, 70.0, 120.0):
        visits.unnamed("door", "ada", now)
        assert visits.over(now) == []
    assert visits.over(120.0 + AWAY) == ["ada"]
    assert visits.over(500.0) == []
    visits.unnamed("door", "ada", 600.0)
    assert visits.over(600.0 + AWAY) == ["ada"], "another visit"


def test_whoever_is_named_within_a_minute_was_late_and_not_missed() -> None:
    visits = UnnamedVisits()
    visits.unnamed("door", "ada", 0.0)
    visits.unnamed("door", "bob", 0.0)
    visits.named("door", "ada", 59.0)
    assert visits.over(100.0) == ["bob"]
    assert len(visits) == 0


def test_whoever_was_named_a_moment_ago_has_only_turned_away() -> None:
    visits = UnnamedVisits()
    visits.named("door", "ada", 0.0)
    visits.unnamed("door", "ada", 30.0)
    assert visits.over(200.0) == []
    visits.unnamed("door", "ada", AWAY)
    assert visits.over(200.0) == ["ada"]


def test_a_name_at_one_kiosk_says_nothing_of_another() -> None:
    visits = UnnamedVisits()
    visits.unnamed("door", "ada", 0.0)
    visits.named("gate", "ada", 10.0)
    assert visits.over(100.0) == ["ada"]


# --- the counter


class Counted:
    """A ``MissedVisits`` that may be away."""

    def __init__(self) -> None:
        self.days_: list[tuple[str, int, str]] = []
        self.away = False

    def add(self, subject: str, version: int, day: object) -> bool:
        if self.away:
            raise StoreUnavailable("Redis is away.")
        self.days_.append((subject, version, str(day)))
        return True


class World:
    def __init__(self) -> None:
        self.clock, self.store = FakeClock(), Counted()
        self.people = FakePeople(self.clock)
        self.counter = MissCounter(self.store, self.people, self.clock)

    def enrol(self) -> Person:
        return self.people.create(a_person(), [a_template()], self.people.revision())

    def comes(self, subject: str) -> None:
        self.counter.unnamed(_track(0.32, subject=subject))
        self.clock.advance(AWAY)
        self.counter.count()


@pytest.fixture
def world() -> World:
    return World()


def test_a_visit_is_counted_for_the_day_and_for_the_record_that_it_was_judged_by(
    world: World,
) -> None:
    ada = world.enrol()
    world.comes(ada.subject)
    assert world.store.days_ == [(ada.subject, ada.version, "2025-03-10")]


def test_while_the_store_is_away_visits_are_dropped_and_nothing_fails(world: World) -> None:
    ada = world.enrol()
    world.store.away = True
    world.comes(ada.subject)
    world.store.away = False
    world.counter.count()
    assert world.store.days_ == []
    world.comes(ada.subject)
    assert len(world.store.days_) == 1


def test_nobody_is_counted_who_is_gone_or_may_not_be_recognised(world: World) -> None:
    ada = world.people.update(replace(world.enrol(), active=False))
    world.comes(ada.subject)
    world.people.delete(ada.subject)
    world.comes(ada.subject)
    assert world.store.days_ == []
