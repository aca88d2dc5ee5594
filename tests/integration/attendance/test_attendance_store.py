"""The contract of an attendance store, held by Redis, by a cluster and by the fake alike."""

import dataclasses
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from face_rec.domain.errors import NotReplicated, StoreUnavailable
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.protocols.marks import AttendanceStore
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import MORNING
from tests.redis_servers import free_port
from tests.samples import ODD_TEXTS, a_chain, an_event

TODAY = MORNING.date()
TOMORROW = TODAY + timedelta(days=1)
MIDNIGHT = datetime(2025, 3, 11, tzinfo=UTC)


@pytest.fixture(params=["fake", "redis_client", "redis_client linked", "cluster_client linked"])
def attendance(request: pytest.FixtureRequest) -> AttendanceStore:
    if request.param == "fake":
        return FakeAttendance()
    client, _, linked = request.param.partition(" ")
    chain = a_chain() if linked else None
    return RedisAttendance(request.getfixturevalue(client), "main", chain=chain)


def _at(event: Event, moment: datetime) -> Event:
    return dataclasses.replace(event, at=moment)


def _complete_event() -> Event:
    """An event with every field set."""
    event = an_event("full", kind=EventKind.RETYPE)
    return dataclasses.replace(
        event,
        source=Source.MANUAL,
        liveness=0.5,
        snapshot="2025/03/10/full.jpg",
        contract="c0ffee",
        target="e1",
        becomes=EventKind.OUT,
        author="Grace",
        reason="forgot\nto punch 😀",
        recorded_at=MORNING + timedelta(microseconds=1),
    )


@pytest.mark.parametrize("event", [an_event(), _complete_event()], ids=["mark", "correction"])
def test_an_event_reads_back_the_same(attendance: AttendanceStore, event: Event) -> None:
    assert attendance.apply(event, 60) == Receipt(event, Outcome.MARKED)
    assert attendance.day(TODAY) == [event]
    assert attendance.length(TODAY) == 1


def test_a_second_look_within_the_cooldown_writes_nothing(attendance: AttendanceStore) -> None:
    attendance.apply(an_event("e1"), 60)
    receipt = attendance.apply(an_event("e2", seconds=59.999999), 60)
    assert receipt.outcome is Outcome.ALREADY
    assert receipt.previous_at == MORNING
    assert attendance.length(TODAY) == 1
    assert attendance.apply(an_event("e3", seconds=60), 60).outcome is Outcome.MARKED


def test_the_cooldown_is_each_persons_own(attendance: AttendanceStore) -> None:
    attendance.apply(an_event("e1", "s1"), 60)
    assert attendance.apply(an_event("e2", "s2", 1), 60).outcome is Outcome.MARKED


def test_who_was_held_is_marked_a_moment_later_and_held_a_moment_after_a_mark(
    attendance: AttendanceStore,
) -> None:
    kinds = (EventKind.HELD, EventKind.PUNCH, EventKind.HELD)
    for number, kind in enumerate(kinds):
        event = an_event(f"e{number}", seconds=number, kind=kind)
        assert attendance.apply(event, 60).outcome is Outcome.MARKED
    assert [event.kind for event in attendance.day(TODAY)] == [*kinds]


def test_the_same_event_is_kept_once(attendance: AttendanceStore) -> None:
    event = an_event()
    attendance.apply(event, 60)
    assert attendance.apply(event, 60).outcome is Outcome.REPEATED
    assert attendance.apply(event, 60, replay=True).outcome is Outcome.REPEATED
    assert attendance.length(TODAY) == 1


@pytest.mark.parametrize("seconds", [-59.0, -1.0, 0.5, 59.0])
def test_a_replay_within_the_cooldown_of_a_mark_has_been_repeated(
    attendance: AttendanceStore, seconds: float
) -> None:
    attendance.apply(an_event("e1"), 60)
    receipt = attendance.apply(an_event("e2", seconds=seconds), 60, replay=True)
    assert receipt == Receipt(receipt.event, Outcome.ALREADY, MORNING)
    assert [e.id for e in attendance.day(TODAY)] == ["e1"]


def test_a_replay_is_held_against_the_marks_around_its_own_time(
    attendance: AttendanceStore,
) -> None:
    for name, seconds in (("a", 0), ("b", 3600), ("c", 7200)):
        attendance.apply(an_event(name, seconds=seconds), 60)
    repeated = attendance.apply(an_event("late b", seconds=3570), 60, replay=True)
    assert repeated.previous_at == MORNING + timedelta(seconds=3600)
    assert attendance.apply(an_event("d", seconds=1800), 60, replay=True).already is False
    assert attendance.apply(an_event("late d", seconds=1830), 60, replay=True).already
    assert attendance.apply(an_event("late a", seconds=59), 60, replay=True).already
    assert attendance.apply(an_event("e", seconds=60), 60, replay=True).already is False
    assert sorted(e.id for e in attendance.day(TODAY)) == ["a", "b", "c", "d", "e"]


def test_a_replay_is_held_against_marks_on_both_sides_of_utc_midnight(
    attendance: AttendanceStore,
) -> None:
    attendance.apply(_at(an_event("after"), MIDNIGHT + timedelta(seconds=20)), 60)
    attendance.apply(_at(an_event("noon"), MIDNIGHT + timedelta(hours=12)), 60)
    before = _at(an_event("before"), MIDNIGHT - timedelta(seconds=20))
    assert attendance.apply(before, 60, replay=True).previous_at == MIDNIGHT + timedelta(
        seconds=20
    )
    earlier = _at(an_event("earlier"), MIDNIGHT - timedelta(seconds=50))
    assert attendance.apply(earlier, 60, replay=True).outcome is Outcome.MARKED
    late = _at(an_event("late"), MIDNIGHT + timedelta(seconds=5))
    assert attendance.apply(late, 60, replay=True).already
    assert attendance.lengths([TODAY, TOMORROW]) == [1, 2]


def test_an_older_replay_does_not_move_the_last_mark_back(attendance: AttendanceStore) -> None:
    attendance.apply(an_event("new", seconds=100), 60)
    attendance.apply(an_event("old", seconds=0), 60, replay=True)
    receipt = attendance.apply(an_event("again", seconds=130), 60)
    assert receipt.outcome is Outcome.ALREADY
    assert receipt.previous_at == MORNING + timedelta(seconds=100)


def test_a_newer_replay_starts_the_cooldown_anew(attendance: AttendanceStore) -> None:
    attendance.apply(an_event("e1"), 60, replay=True)
    assert attendance.apply(an_event("e2", seconds=30), 60).outcome is Outcome.ALREADY


def test_a_clock_that_runs_behind_does_not_get_around_the_cooldown(
    attendance: AttendanceStore,
) -> None:
    attendance.apply(an_event("ahead", seconds=10), 60)
    assert attendance.apply(an_event("behind", seconds=0), 60).outcome is Outcome.ALREADY


@pytest.mark.parametrize("kind", [EventKind.PUNCH, EventKind.IN, EventKind.OUT])
def test_marks_of_all_kinds_share_the_cooldown(
    attendance: AttendanceStore, kind: EventKind
) -> None:
    attendance.apply(an_event("e1", kind=kind), 60)
    assert attendance.apply(an_event("e2", seconds=5), 60).outcome is Outcome.ALREADY


@pytest.mark.parametrize(
    "kind", [EventKind.VOID, EventKind.RETYPE, EventKind.CONFIRM, EventKind.DISPUTE]
)
def test_a_correction_neither_obeys_nor_starts_the_cooldown(
    attendance: AttendanceStore, kind: EventKind
) -> None:
    attendance.apply(an_event("e1"), 60)
    correction = an_event("c1", seconds=30, kind=kind)
    assert attendance.apply(correction, 60).outcome is Outcome.MARKED
    assert attendance.apply(an_event("e2", seconds=61), 60).outcome is Outcome.MARKED


def test_the_cooldown_reaches_over_utc_midnight(attendance: AttendanceStore) -> None:
    before = _at(an_event("e1"), MIDNIGHT - timedelta(seconds=10))
    attendance.apply(before, 60)
    receipt = attendance.apply(_at(an_event("e2"), MIDNIGHT + timedelta(seconds=20)), 60)
    assert receipt == Receipt(receipt.event, Outcome.ALREADY, before.at)
    later = _at(an_event("e3"), MIDNIGHT + timedelta(seconds=50))
    assert attendance.apply(later, 60).outcome is Outcome.MARKED
    assert attendance.lengths([TODAY, TOMORROW]) == [1, 1]


def test_the_utc_day_decides_the_list_whatever_zone_the_time_is_in(
    attendance: AttendanceStore,
) -> None:
    east = timezone(timedelta(hours=9))
    attendance.apply(_at(an_event(), datetime(2025, 3, 11, 8, 30, tzinfo=east)), 60)
    assert attendance.lengths([TODAY, TOMORROW]) == [1, 0]
    assert attendance.day(TODAY)[0].at == datetime(2025, 3, 10, 23, 30, tzinfo=UTC)


def test_days_without_events_are_empty(attendance: AttendanceStore) -> None:
    assert attendance.day(TODAY) == []
    assert attendance.lengths([]) == []
    assert attendance.lengths([TODAY]) == [0]
    assert attendance.malformed(TODAY) == []


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_may_stand_in_an_event(attendance: AttendanceStore, text: str) -> None:
    event = dataclasses.replace(an_event(text, text), kiosk=text, reason=text)
    attendance.apply(event, 60)
    assert attendance.day(TODAY) == [event]
    assert attendance.apply(event, 60).outcome is Outcome.REPEATED


def test_eight_threads_with_one_event_keep_it_once(attendance: AttendanceStore) -> None:
    outcomes = _at_once(attendance, [an_event("same")] * 8)
    assert sorted(outcomes) == [Outcome.MARKED] + [Outcome.REPEATED] * 7
    assert attendance.length(TODAY) == 1


def test_eight_kiosks_that_see_one_person_mark_once(attendance: AttendanceStore) -> None:
    outcomes = _at_once(attendance, [an_event(f"e{n}", seconds=n) for n in range(8)])
    assert sorted(outcomes) == [Outcome.ALREADY] * 7 + [Outcome.MARKED]
    assert attendance.length(TODAY) == 1


def _at_once(attendance: AttendanceStore, events: list[Event]) -> list[Outcome]:
    start = threading.Barrier(len(events))
    outcomes: list[Outcome] = []

    def run(event: Event) -> None:
        start.wait()
        outcomes.append(attendance.apply(event, 60).outcome)

    threads = [threading.Thread(target=run, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_part_of_a_day_is_read_by_itself(attendance: AttendanceStore) -> None:
    events = [an_event(f"e{number}", seconds=100.0 * number) for number in range(5)]
    assert attendance.part(TODAY, 0, 0) == []
    for event in events:
        attendance.apply(event, 60)
    assert attendance.part(TODAY, 0, 5) == events
    assert attendance.part(TODAY, 3, 5) == events[3:]
    assert attendance.part(TODAY, 3, 4) == events[3:4]
    assert attendance.part(TODAY, 0, 0) == []
    assert attendance.part(TODAY, 5, 9) == []
    assert attendance.part(TOMORROW, 0, 9) == []
    stored = attendance.raw(TODAY, 1, 4)
    assert [event_codec.decode(line) for line in stored] == events[1:4]
    (part,) = attendance.glance(stored)
    assert list(part.ids) == [one.id for one in events[1:4]]
    assert [part.whole(n) for n in range(3)] == events[1:4]
    assert not [*attendance.raw(TODAY, 0, 0), *attendance.raw(TOMORROW, 0, 9)]


# --- what only Redis can get wrong ----------------------------------------------


def test_a_malformed_entry_is_shown_and_takes_no_day_down(redis_client: Client) -> None:
    attendance = RedisAttendance(redis_client, "main")
    broken = [
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"id":"x","subject":"s","at":"2025-03-10T08:00:00","kind":"punch","source":"video","kiosk":"k"}',
        b'{"id":"x","subject":"s","at":"2025-03-10T08:00:00Z","kind":"?","source":"video","kiosk":"k"}',
        b'{"id":1,"subject":"s","at":"2025-03-10T08:00:00Z","kind":"punch","source":"video","kiosk":"k"}',
    ]
    redis_client.rpush(keys.attendance("main", TODAY), *broken)
    attendance.apply(an_event(), 60)
    assert [e.id for e in attendance.day(TODAY)] == ["e1"]
    assert attendance.part(TODAY, 0, 9) == [*[None] * len(broken), an_event()]
    (part,) = attendance.glance(attendance.raw(TODAY, 0, 9))
    assert (list(part.ids), list(part.others)) == (["e1"], [None] * len(broken))
    shown = attendance.malformed(TODAY)
    assert len(shown) == len(broken)
    assert shown[0] == "not json"
    assert attendance.length(TODAY) == len(broken) + 1


def test_fields_of_a_later_version_are_ignored(redis_client: Client) -> None:
    attendance = RedisAttendance(redis_client, "main")
    attendance.apply(an_event(), 60)
    key = keys.attendance("main", TODAY)
    stored = redis_client.lpop(key)
    assert isinstance(stored, bytes)
    redis_client.rpush(key, stored[:-1] + b',"link":"abc","weather":["sun"]}')
    assert attendance.day(TODAY) == [an_event()]


def test_sites_do_not_see_each_other(redis_client: Client) -> None:
    here, there = RedisAttendance(redis_client, "here"), RedisAttendance(redis_client, "there")
    here.apply(an_event("e1"), 60)
    assert there.apply(an_event("e2", seconds=1), 60).outcome is Outcome.MARKED
    assert here.length(TODAY) == 1


def test_without_the_replicas_asked_for_a_mark_does_not_count_as_kept(
    redis_client: Client,
) -> None:
    attendance = RedisAttendance(redis_client, "main", wait_replicas=1)
    with pytest.raises(StoreUnavailable, match="0 of 1 replicas"):
        attendance.apply(an_event(), 60)
    with pytest.raises(StoreUnavailable, match="0 of 1 replicas"):
        attendance.apply(an_event(), 60, replay=True)
    assert attendance.length(TODAY) == 1


def test_replicas_that_are_missing_are_not_waited_for_by_each_mark(redis_client: Client) -> None:
    attendance = RedisAttendance(redis_client, "main", wait_replicas=1)
    for number in range(40):  # at a second each it would take longer than anybody has patience
        with pytest.raises(NotReplicated):
            attendance.apply(an_event(f"e{number}", f"s{number}"), 60)
    waited = redis_client.info("commandstats")["cmdstat_wait"]["calls"]
    assert attendance.length(TODAY) == 40
    assert waited < 10


@pytest.mark.parametrize("garbage", [b"nonsense", b"\xff", b"1e3 x"])
def test_what_another_program_wrote_into_the_last_marks_bars_nobody(
    redis_client: Client, garbage: bytes
) -> None:
    attendance = RedisAttendance(redis_client, "main", chain=a_chain())
    redis_client.hset(keys.last("main", TODAY), "s1", garbage)
    assert attendance.apply(an_event("e1"), 60).outcome is Outcome.MARKED
    assert attendance.apply(an_event("e2", seconds=1), 60).outcome is Outcome.ALREADY


def test_marks_noted_by_a_version_before_count(redis_client: Client) -> None:
    attendance = RedisAttendance(redis_client, "main")
    micros = int(MORNING.timestamp() * 1_000_000)
    redis_client.hset(keys.last("main", TODAY), "s1", micros)
    assert attendance.apply(an_event("e1", seconds=5), 60).previous_at == MORNING
    assert attendance.apply(an_event("e2", seconds=100), 60).outcome is Outcome.MARKED
    assert attendance.apply(an_event("e3", seconds=5), 60, replay=True).already
    assert redis_client.hget(keys.last("main", TODAY), "s1") == b"%d" % (micros + 100_000_000)


@pytest.mark.parametrize("mode", ["standalone", "cluster", "sentinel"])
def test_a_redis_that_is_away_is_said_in_our_words(mode: str) -> None:
    nodes = (("127.0.0.1", free_port()),)
    client = connect(RedisAddress(mode=mode, nodes=nodes))  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match="goes on by itself"):
        RedisAttendance(client, "main").apply(an_event(), 60)
