"""What a worker may do with a lease that it was told of some time ago."""

import pytest

from face_rec.cameras.serving.leases import LEASE, Holdings
from tests.fakes.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def holdings(clock: FakeClock) -> Holdings:
    found = Holdings(clock)
    found.told(found.asking(), ["gate"], ["gate", "yard"])
    return found


def test_a_worker_holds_what_it_was_told_and_no_longer_than_the_lease(
    holdings: Holdings, clock: FakeClock
) -> None:
    assert holdings.holds("gate")
    assert not holdings.holds("yard")
    clock.advance(LEASE)
    assert not holdings.holds("gate")


def test_a_slow_answer_makes_a_lease_end_sooner_never_later(clock: FakeClock) -> None:
    holdings = Holdings(clock)
    asked = holdings.asking()
    clock.advance(LEASE)
    holdings.told(asked, ["gate"], ["gate"])
    assert not holdings.holds("gate")


def test_who_was_stopped_and_goes_on_holds_nothing(holdings: Holdings, clock: FakeClock) -> None:
    clock.advance(30)
    assert not holdings.holds("gate")
    holdings.unanswered()  # and finds the database away
    assert not holdings.holds("gate")
    clock.advance(1)
    holdings.unanswered()
    assert not holdings.holds("gate")


def test_while_the_database_is_away_and_the_worker_is_not_it_goes_on(
    holdings: Holdings, clock: FakeClock
) -> None:
    for _ in range(600):
        clock.advance(1)
        holdings.unanswered()
        assert holdings.holds("gate")
        assert not holdings.holds("yard")
    holdings.told(holdings.asking(), [], ["gate", "yard"])  # it is back, and has given it away
    assert not holdings.holds("gate")


def test_who_is_stopped_while_the_database_is_away_holds_nothing(
    holdings: Holdings, clock: FakeClock
) -> None:
    clock.advance(1)
    holdings.unanswered()
    clock.advance(30)
    assert not holdings.holds("gate")
    holdings.unanswered()
    assert not holdings.holds("gate")


def test_what_is_given_back_is_held_no_more(holdings: Holdings) -> None:
    holdings.drop("gate")
    assert not holdings.holds("gate")
