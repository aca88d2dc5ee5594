"""A mark lasts before anybody says so."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from face_rec.domain.errors import (
    ArchiveAway,
    JournalError,
    NotReplicated,
    StoreError,
    StoreUnavailable,
)
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.journey.marking import replay
from face_rec.journey.marking.mark import DryRunMarker, DurableMarker, RecentMarks
from face_rec.retry import Backoff
from tests.fakes.attendance import FakeAttendance, FakeJournal
from tests.fakes.clock import MORNING, FakeClock

COOLDOWN = 60.0


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


class Recorder(FakeAttendance):
    """Remembers what it was asked, and in which order with the journal."""

    def __init__(self) -> None:
        super().__init__()
        self.replays: list[bool] = []
        self.refused: set[str] = set()
        self.refusals = 0
        self.asked = 0
        self.applied = threading.Condition()
        self.before: Callable[[Event], None] = lambda _: None

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        self.asked += 1
        self.before(event)
        if self.available and event.id in self.refused:
            self.refusals += 1
            raise StoreError("This event is not understood. Look at the log.")
        receipt = super().apply(event, cooldown, replay)
        with self.applied:
            self.replays.append(replay)
            self.applied.notify_all()
        return receipt

    def wait_for(self, count: int) -> None:
        """Until so many events were taken."""
        with self.applied:
            assert self.applied.wait_for(lambda: len(self.replays) >= count, 20)

    @property
    def ids(self) -> list[str]:
        return [event.id for event in self.day(MORNING.date())]


class House:
    """A marker and what stands around it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Recorder()
        self.journal = FakeJournal()
        self.pulse_away = False
        self.markers: list[DurableMarker] = []
        self.marker = self.start()

    def start(self) -> DurableMarker:
        marker = DurableMarker(
            self.store, self.journal, self.clock, lambda: COOLDOWN, away=lambda: self.pulse_away
        )
        self.markers.append(marker)
        return marker

    def event(self, name: str, subject: str = "ann") -> Event:
        return Event(name, subject, self.clock.now(), EventKind.PUNCH, Source.VIDEO, "door")

    def mark(self, name: str, subject: str = "ann") -> Outcome:
        return self.marker.mark(self.event(name, subject)).outcome


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    for marker in house.markers:
        marker.close()


def test_a_mark_is_in_the_journal_before_redis_is_asked_and_leaves_it_after(house: House) -> None:
    seen: list[list[str]] = []
    house.store.before = lambda _: seen.append([e.id for e in house.journal.pending()])
    assert house.mark("e1") is Outcome.MARKED
    assert seen == [["e1"]]
    assert house.journal.pending() == []
    assert house.store.ids == ["e1"]


def test_somebody_who_stands_there_is_marked_once_and_journalled_once(house: House) -> None:
    house.mark("e1")
    house.clock.advance(COOLDOWN - 1)
    receipt = house.marker.mark(house.event("e2"))
    assert receipt.outcome is Outcome.ALREADY
    assert receipt.previous_at == MORNING
    assert house.store.replays == [False]


def test_after_the_cooldown_a_person_is_marked_again(house: House) -> None:
    house.mark("e1")
    house.clock.advance(COOLDOWN)
    assert house.mark("e2") is Outcome.MARKED


def test_a_clock_set_back_does_not_bar_anybody(house: House) -> None:
    house.mark("e1")
    house.clock.advance(-7200)
    assert house.mark("e2") is Outcome.MARKED


def test_a_cooldown_known_only_to_redis_is_told_and_remembered(house: House) -> None:
    other = replace(house.event("from another process"))
    house.store.apply(other, COOLDOWN)
    house.clock.advance(5)
    receipt = house.marker.mark(house.event("e1"))
    assert receipt.outcome is Outcome.ALREADY
    assert receipt.previous_at == MORNING
    assert house.journal.pending() == []
    house.store.available = False
    assert house.mark("e2") is Outcome.ALREADY


def test_while_redis_is_away_the_journal_carries_the_mark(house: House) -> None:
    house.store.available = False
    assert house.mark("e1") is Outcome.SAVED_HERE
    assert [event.id for event in house.journal.pending()] == ["e1"]
    assert house.marker.pending_count() == 1


def test_the_cooldown_holds_while_redis_is_away(house: House) -> None:
    house.store.available = False
    house.mark("e1")
    assert house.mark("e2") is Outcome.ALREADY
    assert house.marker.pending_count() == 1


def test_when_redis_is_back_every_mark_is_replayed_once_in_order(house: House) -> None:
    house.store.available = False
    for number in range(5):
        house.mark(f"e{number}", subject=f"s{number}")
    house.store.available = True
    house.store.wait_for(5)
    house.marker.close()
    assert house.store.ids == [f"e{number}" for number in range(5)]
    assert all(house.store.replays)
    assert house.journal.pending() == []
    assert house.marker.pending_count() == 0


def test_a_replay_is_not_stopped_by_the_cooldown(house: House) -> None:
    house.store.available = False
    house.mark("e1")
    house.clock.advance(COOLDOWN)
    house.mark("e2")
    house.store.available = True
    house.store.wait_for(2)
    assert house.store.ids == ["e1", "e2"]


def test_nobody_waits_for_a_redis_known_to_be_away(house: House) -> None:
    house.store.available = False
    house.mark("e1", "ann")
    asked: list[str] = []
    house.store.before = lambda _: asked.append(threading.current_thread().name)
    house.mark("e2", "bob")
    assert threading.current_thread().name not in asked


def test_after_a_restart_what_is_pending_is_replayed_and_its_cooldown_holds(house: House) -> None:
    house.store.available = False
    house.mark("e1")
    house.marker.close()
    house.marker = house.start()
    assert house.marker.pending_count() == 1
    assert house.mark("e2") is Outcome.ALREADY
    house.store.available = True
    house.store.wait_for(1)
    assert house.store.ids == ["e1"]


def test_an_event_that_redis_had_after_all_is_not_there_twice(house: House) -> None:
    """The answer was lost, not the event."""

    def lose_the_answer(event: Event) -> None:
        house.store.before = lambda _: None
        house.store.apply(event, COOLDOWN)
        raise StoreUnavailable("The connection broke. Try again.")

    house.store.before = lose_the_answer
    assert house.mark("e1") is Outcome.SAVED_HERE
    house.store.wait_for(2)
    assert house.store.ids == ["e1"]


def test_a_full_disk_confirms_nothing_and_health_knows(house: House) -> None:
    house.journal.full = True
    with pytest.raises(JournalError):
        house.mark("e1")
    assert house.store.ids == []
    assert "full" in house.marker.problem()
    house.journal.full = False
    assert house.mark("e2") is Outcome.MARKED
    assert house.marker.problem() == ""


def test_a_full_disk_is_known_before_somebody_stands_there_and_so_is_room(house: House) -> None:
    assert house.marker.check() == ""
    house.journal.full = True
    assert "full" in house.marker.check()
    assert "full" in house.marker.problem()
    house.journal.full = False
    assert house.marker.check() == house.marker.problem() == ""


def test_an_event_that_redis_refuses_does_not_hold_up_the_others(house: House) -> None:
    house.store.refused.add("odd")
    assert house.mark("odd", "ann") is Outcome.SAVED_HERE
    house.mark("e1", "bob")
    house.store.wait_for(1)
    house.marker.close()
    assert house.store.ids == ["e1"]
    assert [event.id for event in house.journal.pending()] == ["odd"]


def test_who_comes_while_what_waited_is_handed_on_waits_for_no_pause(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is back, and the pulse has not noticed yet; nothing was refused."""
    monkeypatch.setattr(replay, "AWAY", Backoff(0.01, 0.01))
    monkeypatch.setattr(replay, "REFUSED", Backoff(60, 60))
    house.store.available = False
    house.mark("e1", "ann")
    came: list[Outcome] = []

    def meanwhile(event: Event) -> None:
        if event.id == "e1" and house.store.available and not came:
            came.append(house.mark("e2", "bob"))

    house.store.before = meanwhile
    house.store.available = True
    _until(lambda: house.store.ids == ["e1", "e2"])
    assert came == [Outcome.SAVED_HERE]
    _until(lambda: not house.marker.pending_count())


def test_who_is_saved_here_does_not_wait_with_what_redis_refuses(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused waits ever longer; the pulse is still silent, though Redis answers."""
    monkeypatch.setattr(replay, "REFUSED", Backoff(60, 60))
    house.store.refused.add("odd")
    house.mark("odd", "ann")
    _until(lambda: house.store.refusals >= 2)
    house.pulse_away = True
    assert house.mark("e1", "bob") is Outcome.SAVED_HERE
    _until(lambda: house.store.ids == ["e1"])
    house.pulse_away = False
    assert house.mark("e2", "cid") is Outcome.MARKED


def test_a_long_outage_makes_no_pause_long_that_comes_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each trouble counts its own tries: the first refusal after many tries of a Redis that was
    away is followed by the shortest pause."""
    monkeypatch.setattr(replay, "AWAY", Backoff(0.001, 0.001))
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.01, 60))
    house.store.available = False
    house.store.refused.add("odd")
    house.mark("odd", "ann")
    tries = house.store.asked
    _until(lambda: house.store.asked > tries + 30)
    house.store.available = True
    refusals = house.store.refusals
    _until(lambda: house.store.refusals >= refusals + 3)


def test_an_archive_that_does_not_answer_holds_up_the_marks_of_no_other_day(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody queues up for it, and of what waits for it one event is tried a pass."""
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.001, 0.002))
    tries = Counter[str]()

    def before(event: Event) -> None:
        if event.id.startswith("old"):
            tries[event.id] += 1
            raise ArchiveAway("The day lies in the archive, which does not answer.")

    house.store.before = before
    for number in range(5):
        assert house.mark(f"old{number}", f"s{number}") is Outcome.SAVED_HERE
        assert house.mark(f"new{number}", f"n{number}") is Outcome.MARKED
    _until(lambda: max(tries.values()) > 30)
    first, second = (count for _, count in tries.most_common(2))
    assert second < first / 2
    house.marker.close()
    assert len(house.journal.pending()) == 5
    house.store.before = lambda _: None
    house.start()
    _until(lambda: len(house.store.ids) == 10)


def _poisonous(house: House, *names: str) -> None:
    def before(event: Event) -> None:
        if event.id in names:
            raise ValueError("a garbage key in Redis")

    house.store.before = before


def test_something_unexpected_after_the_journal_means_saved_here_once(house: House) -> None:
    _poisonous(house, "odd")
    assert house.mark("odd") is Outcome.SAVED_HERE
    assert house.mark("again") is Outcome.ALREADY
    assert house.marker.pending_count() == 1


def test_a_poisonous_event_is_set_aside_and_the_others_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AWAY", Backoff(0.001, 0.002))
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.001, 0.002))
    _poisonous(house, "odd")
    house.mark("odd", "ann")
    house.mark("e1", "bob")
    house.mark("e2", "cid")
    house.store.wait_for(2)
    _until(lambda: house.marker.pending_count() == 0)
    assert sorted(house.store.ids) == ["e1", "e2"]  # each as soon as it can be
    assert house.journal.aside == {"odd": "ValueError: a garbage key in Redis"}
    assert house.mark("e3", "dan") is Outcome.MARKED


def test_what_fails_of_something_that_passes_is_not_set_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AWAY", Backoff(0.001, 0.002))
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.001, 0.002))
    failures = 0

    def twice(_: Event) -> None:
        nonlocal failures
        failures += 1
        if failures <= 3:
            raise ValueError("for a moment")

    house.store.before = twice
    assert house.mark("e1") is Outcome.SAVED_HERE
    _until(lambda: house.store.ids == ["e1"])
    assert house.journal.aside == {}


def test_an_event_that_cannot_be_set_aside_stays_in_the_journal(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "AWAY", Backoff(0.001, 0.002))
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.001, 0.002))
    tried = threading.Semaphore(0)

    def refuse(event_id: str, reason: str) -> None:
        tried.release()
        raise JournalError("The disk is full. Make room.")

    house.journal.set_aside = refuse  # type: ignore[method-assign]
    _poisonous(house, "odd")
    house.mark("odd")
    assert tried.acquire(timeout=20)
    assert tried.acquire(timeout=20)
    assert [event.id for event in house.journal.pending()] == ["odd"]


def test_a_journal_that_fails_in_a_strange_way_after_the_mark_takes_it_back_from_nobody(
    house: House,
) -> None:
    def broken(event_id: str, *, void: bool = False) -> None:
        raise KeyError(event_id)

    house.journal.settle = broken  # type: ignore[method-assign]
    assert house.mark("e1") is Outcome.MARKED
    assert house.mark("e2") is Outcome.ALREADY


def test_what_the_replicas_lack_is_in_the_day_and_holds_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay offers each once, asks for the replicas once a pass, and settles none."""
    monkeypatch.setattr(replay, "AWAY", Backoff(0.001, 0.002))
    monkeypatch.setattr(replay, "REFUSED", Backoff(0.001, 0.002))
    alone, tries = threading.Event(), Counter[str]()
    alone.set()
    take = house.store.apply

    def apply(event: Event, cooldown: float, replay: bool = False) -> Receipt:
        receipt = take(event, cooldown, replay)
        tries[event.id] += replay
        if alone.is_set():
            raise NotReplicated("Only 0 of 1 replicas. Check them.")
        return receipt

    house.store.apply = apply  # type: ignore[method-assign]
    for number in range(20):
        assert house.mark(f"e{number}", f"s{number}") is Outcome.SAVED_HERE
    assert len(house.store.ids) == 20
    _until(lambda: max(tries.values(), default=0) > 20)
    first, second = (count for _, count in tries.most_common(2))
    assert second < first / 2  # only the first is asked
    assert len(house.journal.pending()) == 20
    alone.clear()
    _until(lambda: house.marker.pending_count() == 0)
    assert house.journal.pending() == []
    assert len(house.store.ids) == 20


def test_closing_gives_up_a_long_replay_in_time(house: House) -> None:
    house.store.available = False
    for number in range(50):
        house.mark(f"e{number}", f"s{number}")
    house.store.available = True

    def slowly(_: Event) -> None:
        house.clock.advance(1.0)

    house.store.before = slowly
    house.marker.close(timeout=10.0)
    assert 0 < house.marker.pending_count() < 50
    assert len(house.journal.pending()) == house.marker.pending_count()


def test_a_journal_that_cannot_forget_does_not_take_back_a_mark(house: House) -> None:
    def stuck(event_id: str, *, void: bool = False) -> None:
        raise JournalError("The disk is read-only. Remount it.")

    house.journal.settle = stuck  # type: ignore[method-assign]
    assert house.mark("e1") is Outcome.MARKED


def test_two_kiosks_that_see_the_same_person_at_once_write_one_event(house: House) -> None:
    start = threading.Barrier(8)
    outcomes: list[Outcome] = []

    def kiosk(number: int) -> None:
        start.wait()
        outcomes.append(house.mark(f"e{number}"))

    threads = [threading.Thread(target=kiosk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Outcome.ALREADY] * 7 + [Outcome.MARKED]
    assert len(house.store.ids) == 1


def test_closing_hands_over_what_is_pending(house: House) -> None:
    house.store.available = False
    house.mark("e1")
    house.store.available = True
    house.marker.close()
    assert house.store.ids == ["e1"]


def test_a_dry_run_writes_nothing_but_keeps_the_cooldown(house: House) -> None:
    marker = DryRunMarker(COOLDOWN)
    assert marker.mark(house.event("e1")).outcome is Outcome.DRY_RUN
    assert marker.mark(house.event("e2")).outcome is Outcome.ALREADY
    assert house.store.ids == []


def test_the_memory_of_recent_marks_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("face_rec.journey.marking.mark._REMEMBERED", 10)
    recent = RecentMarks(lambda: COOLDOWN)
    event = Event("e", "s0", MORNING, EventKind.PUNCH, Source.VIDEO, "door")
    for number in range(100):
        recent.remember(replace(event, subject=f"s{number}"))
    assert recent.standing(event) is None
    assert recent.standing(replace(event, subject="s99")) == MORNING


def test_marks_are_counted_by_what_became_of_them(house: House) -> None:
    house.mark("e1")
    house.mark("e2")
    house.mark("e3", "bob")
    house.store.available = False
    house.mark("e4", "cy")
    counts = house.marker.counts()
    assert counts == {"marked": 2, "already": 1, "saved_here": 1, "repeated": 0, "failed": 0}


def test_a_mark_that_fails_is_counted_and_still_raises(house: House) -> None:
    house.journal.full = True
    with pytest.raises(JournalError):
        house.mark("e1")
    counts = house.marker.counts()
    assert counts == {"marked": 0, "already": 0, "saved_here": 0, "repeated": 0, "failed": 1}
