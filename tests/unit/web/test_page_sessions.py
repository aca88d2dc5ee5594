"""Sessions of closed pages: each ends at its time, and is there for its page until then."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from face_rec.web.server.page_sessions import PageSessions


@dataclass
class Planned:
    """One call that was planned."""

    at: float
    work: Callable[[], object]
    off: bool = False

    def cancel(self) -> None:
        self.off = True


@dataclass
class Loop:
    """An event loop whose time is told."""

    now: float = 0.0
    planned: list[Planned] = field(default_factory=list)

    def later(self, seconds: float, work: Callable[[], object]) -> Planned:
        self.planned.append(Planned(self.now + seconds, work))
        return self.planned[-1]

    def run_until(self, now: float) -> None:
        while due := [one for one in self.planned if one.at <= now]:
            first = min(due, key=lambda one: one.at)
            self.planned.remove(first)
            self.now = first.at
            if not first.off:
                first.work()
        self.now = now


@dataclass
class Page:
    """A Streamlit session."""

    id: str
    ended: int = 0

    def shutdown(self) -> None:
        self.ended = 1


@dataclass
class Away:
    """As it is put away."""

    session: Page


def away(name: str) -> Away:
    return Away(Page(name))


@pytest.fixture
def loop() -> Loop:
    return Loop()


def test_a_page_that_stays_away_is_ended_without_anybody_asking(loop: Loop) -> None:
    sessions, one = PageSessions(ttl_seconds=300, later=loop.later), away("a")
    sessions.save(one)
    loop.run_until(299)
    assert sessions.get("a") is one
    assert one.session.ended == 0
    loop.run_until(300)
    assert sessions.get("a") is None
    assert one.session.ended == 1
    assert sessions.list() == []


def test_a_page_that_comes_back_goes_on(loop: Loop) -> None:
    sessions, one = PageSessions(ttl_seconds=300, later=loop.later), away("a")
    sessions.save(one)
    loop.run_until(200)
    sessions.delete("a")  # as Streamlit does when its page is back
    loop.run_until(1000)
    assert one.session.ended == 0
    sessions.save(one)  # away again: its time begins anew
    loop.run_until(1299)
    assert one.session.ended == 0
    loop.run_until(1300)
    assert one.session.ended == 1


def test_a_page_put_away_twice_has_one_time(loop: Loop) -> None:
    sessions, one = PageSessions(ttl_seconds=300, later=loop.later), away("a")
    sessions.save(one)
    loop.run_until(200)
    sessions.save(one)
    loop.run_until(400)
    assert one.session.ended == 0
    assert len(sessions) == 1


def test_one_that_is_too_much_is_ended_and_not_only_forgotten(loop: Loop) -> None:
    sessions = PageSessions(2, 300, later=loop.later)
    kept = [away(name) for name in "abc"]
    for one in kept:
        sessions.save(one)
    assert kept[0].session.ended == 0, "not while Streamlit holds its lock"
    loop.run_until(0)
    assert [one.session.ended for one in kept] == [1, 0, 0]
    assert sessions.list() == kept[1:]


def test_many_closed_pages_of_one_cost_nobody_else_theirs(loop: Loop) -> None:
    sessions = PageSessions(4, 300, owner=lambda name: name[0], later=loop.later)
    ada = away("ada")
    sessions.save(ada)
    for number in range(50):
        sessions.save(away(f"eve-{number}"))
    loop.run_until(0)
    assert ada.session.ended == 0
    assert [one.session.id for one in sessions.list()] == ["ada", "eve-47", "eve-48", "eve-49"]


def test_an_ended_session_is_held_until_a_running_script_has_told_its_end(loop: Loop) -> None:
    """It tells that by a weak reference."""
    sessions = PageSessions(ttl_seconds=300, later=loop.later)
    sessions.save(away("a"))
    loop.run_until(301)
    assert loop.planned
    loop.run_until(1000)
    assert not loop.planned


def test_what_is_not_kept_is_deleted_without_a_word() -> None:
    PageSessions().delete("a")
