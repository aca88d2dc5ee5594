"""Rules and heartbeats: one contract for Redis and the fake, and what only Redis can meet."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from face_rec.assembly.storage.services import open_service
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek, empty_week, roster_id
from face_rec.attendance.rules.rules import Item, Limits, Rules, RulesStore
from face_rec.attendance.rules.shift import DEFAULT_ID, Counting, DayHours, Reading, Shift
from face_rec.attendance.terms.status import Status
from face_rec.domain.clock_state import ClockNote
from face_rec.domain.errors import RulesMoved
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain.ledger import Streams
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.rules import EVERYTHING, FakeRules
from tests.samples import ODD_TEXTS, a_chain, a_person

SITE = "main"
DAY = date(2025, 3, 10)
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)

ITEMS: list[Item] = [
    Shift("s", "Früh", time(6), time(14, 30), frozenset({0, 6}), "Asia/Kolkata",
          half_day_below=200, reading=Reading.TYPED, counting=Counting.EVERY_PAIR,
          weekdays=(DayHours(6, time(6), time(12)),), valid_from=DAY,
          earlier=(Shift("s", "Spät", time(14), time(22), valid_from=DAY - timedelta(days=30)),
                   Shift("s", "Tag"))),
    Assignment("a", "s", group="Bürö", first=DAY, last=None),
    Employment("subject", DAY, DAY + timedelta(days=400)),
    Holiday("h", DAY, "Día de la Memoria", frozenset({"a", "b"})),
    Leave("l", "subject", DAY, DAY, "sick", half=True, author="boss", reason="flu"),
    KioskRecord("gate", "Ost", Direction.OUT, 7, watched=False, watched_from=NOON,
                groups=frozenset({"Bürö"}), valid_from=DAY, earlier=(KioskRecord("gate"),)),
    Limits(outage=20, score=0.4, valid_from=DAY, earlier=(Limits(),)),
]  # fmt: skip


@pytest.fixture(params=["redis", "cluster", "linked", "linked cluster", "fake"])
def store(request: pytest.FixtureRequest) -> RulesStore:
    if request.param == "fake":
        return FakeRules()
    name = "cluster_client" if "cluster" in request.param else "redis_client"
    client: Client = request.getfixturevalue(name)
    if "linked" not in request.param:
        return RedisRules(client, SITE)
    return RedisRules(
        client, SITE, Streams(client, a_chain(site=SITE), FakeClock()).ledger("rules")
    )


def flat(rules: Rules) -> set[Item]:
    entries: tuple[Item, ...] = (
        *rules.shifts, *rules.assignments, *rules.employments, *rules.holidays, *rules.leaves,
        *rules.kiosks, rules.limits,
    )  # fmt: skip
    return set(entries)


def test_an_empty_database_has_no_rules(store: RulesStore) -> None:
    assert store.version() == 0
    assert store.load() == Rules()


def test_what_is_put_is_loaded(store: RulesStore) -> None:
    store.put(*ITEMS)
    assert flat(store.load()) == set(ITEMS)
    assert store.load().version == store.version() == 1


def test_putting_again_replaces_and_removing_removes(store: RulesStore) -> None:
    store.put(Holiday("h", DAY, "old"), Holiday("i", DAY, "other"))
    store.put(Holiday("h", DAY, "new"))
    store.remove(Holiday("i", DAY, "other"))
    assert store.load().holidays == (Holiday("h", DAY, "new"),)
    assert store.version() == 3


def test_what_somebody_else_was_faster_with_is_not_overwritten(store: RulesStore) -> None:
    store.put(Holiday("h", DAY, "first"), seen=0)
    with pytest.raises(RulesMoved):
        store.put(Holiday("h", DAY, "late"), Holiday("i", DAY, "too"), seen=0)
    with pytest.raises(RulesMoved):
        store.remove(Holiday("h", DAY, "first"), seen=0)
    assert store.load().holidays == (Holiday("h", DAY, "first"),)
    assert store.version() == 1
    store.put(Holiday("h", DAY, "second"), seen=1)
    assert store.load().holidays == (Holiday("h", DAY, "second"),)


def test_removing_the_limits_restores_the_defaults(store: RulesStore) -> None:
    store.put(Limits(outage=99))
    store.remove(Limits(outage=99))
    assert store.load().limits == Limits()


def test_a_week_of_a_roster_that_is_emptied_goes(store: RulesStore) -> None:
    first = date(2025, 3, 10)
    week, other = (
        RosterWeek(roster_id(who, first), who, first, ("early", *[""] * 6)) for who in "ab"
    )
    store.put(week, other)
    store.put(empty_week("a", first), replace(other, days=("", "off", *[""] * 5)), seen=1)
    assert [one.days[:2] for one in store.load().rosters] == [("", "off")]
    assert store.version() == 2
    store.put(empty_week("a", first))
    assert len(store.load().rosters) == 1


def test_some_entries_are_asked_for_without_all_others(store: RulesStore) -> None:
    store.put(Holiday("h", DAY, "old"), Holiday("i", DAY, "other"))
    asked: list[Item] = [Holiday("h", DAY, "new"), Leave("h", "s", DAY, DAY), Limits(outage=7)]
    assert list(store.known(asked)) == [Holiday("h", DAY, "old"), Limits()]
    assert list(store.known([])) == []


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_come_back_as_they_were(store: RulesStore, text: str) -> None:
    item = Holiday(text + "x", DAY, text + "x", frozenset({text}))
    store.put(item)
    assert store.load().holidays == (item,)


def test_the_epoch_stays(store: RulesStore) -> None:
    assert store.epoch() == store.epoch() != ""


def test_beats_join_into_intervals_until_a_gap(store: RulesStore) -> None:
    store.put(KioskRecord("gate"))
    for seconds in (0, 60, 120, 1000, 1060):
        store.beat("gate", NOON + timedelta(seconds=seconds))
    start = int(NOON.timestamp())
    assert store.beats([DAY]) == {"gate": [(start, start + 120), (start + 1000, start + 1060)]}


def test_a_beat_says_how_many_marks_wait_there(store: RulesStore) -> None:
    store.put(KioskRecord("gate"), KioskRecord("yard"))
    store.beat("gate", NOON, waiting=12)
    store.beat("yard", NOON, waiting=7)
    store.beat("yard", NOON + timedelta(seconds=30))
    assert store.waiting(DAY) == {"gate": 12, "yard": 0}
    assert set(store.beats([DAY])) == {"gate", "yard"}


def test_a_beat_that_comes_late_is_no_step_back(store: RulesStore) -> None:
    store.put(KioskRecord("gate"))
    for seconds in (60, 0, 30):
        store.beat("gate", NOON + timedelta(seconds=seconds))
    start = int(NOON.timestamp())
    assert store.beats([DAY]) == {"gate": [(start, start + 60)]}


def test_a_stretch_can_be_noted_at_once(store: RulesStore) -> None:
    store.put(KioskRecord("gate"))
    store.beat("gate", NOON, since=NOON - timedelta(hours=2))
    end = int(NOON.timestamp())
    assert store.beats([DAY]) == {"gate": [(end - 7200, end)]}


def test_an_invented_kiosk_leaves_no_trace(store: RulesStore) -> None:
    for number in range(3):
        store.beat("test", NOON + timedelta(minutes=number))
    assert store.load().kiosks == ()
    assert store.version() == 0
    assert store.beats([DAY]) == {}


def test_a_kiosk_that_was_removed_is_not_noted_any_more(store: RulesStore) -> None:
    store.put(KioskRecord("gate"))
    store.beat("gate", NOON)
    store.remove(KioskRecord("gate"))
    store.beat("gate", NOON + timedelta(minutes=30))
    start = int(NOON.timestamp())
    assert store.load().kiosks == ()
    assert store.beats([DAY]) == {"gate": [(start, start)]}


def test_the_first_beat_starts_the_watch_and_no_other_changes_the_rules(
    store: RulesStore,
) -> None:
    store.put(KioskRecord("gate"))
    store.beat("gate", NOON)
    version = store.version()
    store.beat("gate", NOON + timedelta(days=1))
    assert store.load().kiosks == (KioskRecord("gate", watched_from=NOON),)
    assert store.version() == version


def test_a_first_beat_keeps_what_an_admin_writes_at_the_same_moment(
    redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RedisRules(redis_client, "main")
    store.put(KioskRecord("gate"))
    put, written = RedisRules.put, KioskRecord("gate", direction=Direction.IN, pin=True)

    def overtaken(self: RedisRules, *items: Item, seen: int | None = None) -> None:
        monkeypatch.setattr(RedisRules, "put", put)
        store.put(written)
        store.put(*items, seen=seen)

    monkeypatch.setattr(RedisRules, "put", overtaken)
    store.beat("gate", NOON)
    assert store.kiosks() == (replace(written, watched_from=NOON),)


def test_a_beat_keeps_what_an_admin_wrote(store: RulesStore) -> None:
    store.put(KioskRecord("gate", "Ost", Direction.IN))
    store.beat("gate", NOON)
    assert store.load().kiosks == (KioskRecord("gate", "Ost", Direction.IN, watched_from=NOON),)


# --- what only Redis can meet ---------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "null",
        '{"name": 7}',
        '{"name": "x", "start": "25:00"}',
        '{"name": "x", "late_grace": true}',
        '{"name": "x", "days": [9]}',
        '{"name": "x", "zone": "Mars"}',
        "{}",
    ],
)
def test_a_malformed_rule_is_shown_and_takes_nothing_down(redis_client: Redis, text: str) -> None:
    redis_client.hset(keys.rule(SITE, "shifts"), "bad", text)
    rules = RedisRules(redis_client, SITE).load()
    assert rules.shifts == ()
    assert len(rules.malformed) == 1
    assert "bad" in rules.malformed[0]


def test_what_has_not_changed_is_not_read_again_and_what_has_is(redis_client: Redis) -> None:
    store, key = RedisRules(redis_client, SITE), keys.rule(SITE, "holidays")
    store.put(*(Holiday(name, DAY, name) for name in "abc"))
    redis_client.hset(key, "bad", "null")
    before = store.load()
    RedisRules(redis_client, SITE).put(Holiday("b", DAY, "new"), Holiday("d", DAY, "d"))
    redis_client.hdel(key, "c")
    after = store.load()
    assert [one.name for one in after.holidays] == ["a", "new", "d"]
    assert after.holidays[0] is before.holidays[0]
    assert after.malformed == before.malformed != ()
    redis_client.hset(key, "a", "null")
    assert [one.name for one in store.load().holidays] == ["new", "d"]


def test_a_field_of_a_newer_version_is_ignored(redis_client: Redis) -> None:
    redis_client.hset(keys.rule(SITE, "shifts"), "s", json.dumps({"name": "x", "colour": "red"}))
    assert RedisRules(redis_client, SITE).load().shifts == (Shift("s", "x"),)


def test_a_shift_of_an_older_version_holds_from_the_beginning(redis_client: Redis) -> None:
    old = {"name": "x", "start": "08:00:00", "end": "16:00:00", "days": [0, 1]}
    redis_client.hset(keys.rule(SITE, "shifts"), "s", json.dumps(old))
    (shift,) = RedisRules(redis_client, SITE).load().shifts
    assert (shift.valid_from, shift.earlier, shift.weekdays) == (None, (), ())


def test_an_older_version_reads_the_newest_of_a_shift(redis_client: Redis) -> None:
    store = RedisRules(redis_client, SITE)
    store.put(Shift("s", "New", valid_from=DAY, earlier=(Shift("s", "Old"),)))
    stored = json.loads(redis_client.hget(keys.rule(SITE, "shifts"), "s"))  # type: ignore[arg-type]
    assert stored["name"] == "New"
    assert {"start", "end", "days", "late_grace", "presence_only"} <= set(stored)


@pytest.mark.parametrize("earlier", ["[1]", '[{"start": "25:00"}]', '"x"'])
def test_versions_that_cannot_be_read_are_shown(redis_client: Redis, earlier: str) -> None:
    text = f'{{"name": "x", "earlier": {earlier}}}'
    redis_client.hset(keys.rule(SITE, "shifts"), "s", text)
    rules = RedisRules(redis_client, SITE).load()
    assert rules.shifts == ()
    assert len(rules.malformed) == 1


def test_broken_heartbeats_are_no_heartbeats(redis_client: Redis) -> None:
    redis_client.hset(keys.beats(SITE, DAY), "gate", "garbage")
    store = RedisRules(redis_client, SITE)
    assert store.beats([DAY])["gate"] == []
    store.put(KioskRecord("gate"))
    store.beat("gate", NOON)
    assert len(store.beats([DAY])["gate"]) == 1


def test_a_sign_of_life_tells_of_the_clock_and_disturbs_no_other_reader(
    redis_client: Redis,
) -> None:
    store = RedisRules(redis_client, SITE)
    store.put(KioskRecord("gate"), KioskRecord("yard"))
    wrong = ClockNote(kept=False, offset=0.5, ahead=181.0)
    store.beat("gate", NOON, waiting=3, clock=wrong)
    store.beat("yard", NOON)
    assert store.clocks(DAY) == {"gate": wrong, "yard": ClockNote()}
    assert store.waiting(DAY) == {"gate": 3, "yard": 0}
    assert set(store.beats([DAY])) == {"gate", "yard"}
    redis_client.hset(keys.beats(SITE, DAY), keys.clock_of("gate"), "garbage")
    assert store.clocks(DAY) == {"yard": ClockNote()}


def _put_event(client: Client, raw: bytes) -> None:
    client.rpush(keys.attendance(SITE, DAY), raw)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event | {"score": "high"},
        lambda event: event | {"kiosk": ["a", "b"]},
        lambda event: event | {"at": "tomorrow"},
        lambda event: event | {"kind": "dance"},
        lambda event: event | {"target": {}},
        lambda _: {},
    ],
    ids=["score", "kiosk", "at", "kind", "target", "empty"],
)
def test_a_malformed_event_is_shown_and_takes_nothing_down(
    redis_client: Redis, spoil: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    clock = FakeClock(NOON + timedelta(days=20))
    people = RedisPeople(redis_client, SITE, FakeClock(NOON - timedelta(days=9)))
    attendance = RedisAttendance(redis_client, SITE)
    rules = RedisRules(redis_client, SITE)
    service = open_service(
        Stores(attendance, people, rules), attendance, rules, clock, ZoneInfo("UTC")
    )
    ada = people.create(a_person(), (), 0)
    event = Event("e", ada.subject, NOON, EventKind.PUNCH, Source.VIDEO, "gate")
    attendance.apply(event, 0.0)
    good = json.loads(redis_client.lrange(keys.attendance(SITE, DAY), 0, 0)[0])
    _put_event(redis_client, json.dumps(spoil(good | {"id": "f"})).encode())

    (record,) = service.timesheets.day(DAY)
    assert record.status is Status.PRESENT
    assert len(service.mark_queries.explain(ada.subject, DAY).malformed) == 1
    assert service.mark_queries.review(DAY, DAY) == []
    assert list(service.mark_queries.malformed(DAY, DAY)) == [DAY]


def test_the_whole_way_over_redis(redis_client: Redis) -> None:
    """Rules saved, marks made, corrected, explained, over real stores."""
    clock = FakeClock(NOON + timedelta(days=20))
    people = RedisPeople(redis_client, SITE, FakeClock(NOON - timedelta(days=9)))
    attendance = RedisAttendance(redis_client, SITE)
    rules = RedisRules(redis_client, SITE)
    service = open_service(
        Stores(attendance, people, rules), attendance, rules, clock, ZoneInfo("UTC")
    )
    service.rules.save(Shift(DEFAULT_ID, "Day"), authority=EVERYTHING)
    ada = people.create(a_person(), (), 0)
    late = Event("e", ada.subject, NOON, EventKind.PUNCH, Source.VIDEO, "gate")
    attendance.apply(late, 0.0)
    assert service.timesheets.day(DAY)[0].status is Status.MISSING_OUT

    service.corrections.add(
        ada.subject,
        NOON + timedelta(hours=5),
        EventKind.OUT,
        "boss",
        "walked past",
        within=ALL_GROUPS,
    )
    assert service.timesheets.day(DAY)[0].status is Status.LATE

    clock.advance(60)
    service.corrections.correct(EventKind.VOID, late, "boss", "was her sister", within=ALL_GROUPS)
    answer = service.mark_queries.explain(ada.subject, DAY)
    assert answer.record == service.timesheets.day(DAY)[0]
    assert [line.after for line in answer.corrections] == ["check-out", "voided"]
