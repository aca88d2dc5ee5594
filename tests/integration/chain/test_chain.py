"""The chain in a real Redis: many writers, replays, a cluster, the witness, the whole check."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Outcome
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance import attendance, event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain.ledger import AUDIT, Streams
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.durability import emptied_check
from face_rec.stores.site.audited_writers import AuditedMarks
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_records import AuditRecords
from face_rec.stores.verify.chain_report import Flaw
from face_rec.stores.verify.check import ChainCheck
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.witness import Witness
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.witness import MemoryBucket, a_witness
from tests.samples import a_chain, an_event

TODAY = MORNING.date()
KEY = keys.attendance("main", TODAY)
HEAD = keys.head("main", TODAY)


class World:
    """One site with its store, its witness in a folder, and a clock."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.clock = FakeClock()
        self.store = RedisAttendance(client, "main", chain=a_chain())
        self.folder = folder
        self.watch = self.another_watch()

    def another_watch(
        self,
        bucket: MemoryBucket | None = None,
        repeated: Callable[[datetime], int] = lambda _: 0,
    ) -> ChainWatch:
        days, witness = ChainDays(self.client, "main"), self.witness(bucket)
        return ChainWatch(
            ChainCheck(a_chain(), days, witness, []), days, witness,
            written=self.store.heads.drain, clock=self.clock, repeated=repeated,
        )  # fmt: skip

    def witness(self, bucket: MemoryBucket | None = None) -> Witness:
        """As another process would open it."""
        return a_witness(a_chain(), self.folder, bucket)

    def lines(self) -> list[bytes]:
        return self.log().read_bytes().splitlines(keepends=True)

    def log(self) -> Path:
        (path,) = (self.folder / "witness" / "main").glob("log-*.jsonl")
        return path

    def mark(self, *names: str, day: int = 0) -> None:
        for name in names:
            self.store.apply(an_event(name, f"s-{name}", 86400 * day), 0)

    def flaws(self) -> list[Flaw]:
        return [finding.flaw for finding in self.watch.verify().findings]


@pytest.fixture
def world(redis_client: Client, tmp_path: Path) -> World:
    return World(redis_client, tmp_path)


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


def _together(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _writer(store: RedisAttendance, names: list[str]) -> Callable[[], None]:
    def write() -> None:
        for name in names:
            store.apply(an_event(name, f"s-{name}"), 0, replay=True)  # which has no deadline

    return write


def test_many_writers_of_several_processes_make_one_whole_chain(
    client: Client, tmp_path: Path
) -> None:
    world = World(client, tmp_path)
    stores = [RedisAttendance(client, "main", chain=a_chain()) for _ in range(4)]
    work = [_writer(s, [f"{n}-{m}" for m in range(40)]) for n, s in enumerate(stores)]
    _together(work + work[:2])  # two write the same events at once, as replays do
    report = world.watch.verify()
    assert report.findings == ()
    assert report.linked == 160


def test_days_of_a_cluster_are_all_found(client: Client, tmp_path: Path) -> None:
    world = World(client, tmp_path)
    for day in range(12):
        world.mark(f"e{day}", day=day)
    world.watch.copy()
    report = world.watch.verify()
    assert (report.days, report.linked, report.newer) == (12, 12, 0)
    client.delete(keys.attendance("main", TODAY), keys.head("main", TODAY))
    bad = world.watch.verify().first_bad
    assert bad is not None
    assert (bad.day, bad.flaw) == (TODAY, Flaw.MISSING_DAY)


def test_a_replayed_event_is_linked_once(world: World) -> None:
    world.mark("e1")
    again = RedisAttendance(world.client, "main", chain=a_chain())
    assert again.apply(an_event("e1", "s-e1"), 0, replay=True).outcome is Outcome.REPEATED
    world.mark("e2")
    assert world.watch.verify().linked == 2
    assert world.flaws() == []


@pytest.mark.parametrize("garbage", [b"nonsense", b"\xff\xfe", b":::", b"7:ab:cd", b"", None])
def test_a_head_that_another_program_wrote_over_stops_no_mark_and_breaks_no_chain(
    world: World, garbage: bytes | None
) -> None:
    world.mark("e1", "e2")
    if garbage is None:
        world.client.delete(HEAD)
        world.client.rpush(HEAD, "a list")
    else:
        world.client.set(HEAD, garbage)
    world.mark("e3", "e4")
    another = RedisAttendance(world.client, "main", chain=a_chain())
    another.apply(an_event("e5", "s5"), 0)
    assert [event.id for event in another.day(TODAY)] == ["e1", "e2", "e3", "e4", "e5"]
    assert world.flaws() == []


def test_a_late_replay_is_linked_to_its_own_day(world: World) -> None:
    world.mark("e1", "e2", day=1)
    world.mark("late")
    world.watch.copy()
    world.mark("later still")
    assert world.flaws() == []


def test_events_from_before_the_chain_are_tolerated_and_counted(world: World) -> None:
    RedisAttendance(world.client, "main").apply(an_event("old", "s"), 0)
    world.watch.copy()
    world.mark("new")
    report = world.watch.verify()
    assert (report.older, report.linked, report.findings) == (1, 1, ())
    assert any("Older than the chain" in line for line in report.lines())


def test_a_program_that_writes_without_links_shows_but_stops_no_mark(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    world.client.rpush(KEY, event_codec.encode(an_event("foreign")))
    world.mark("e2")
    assert [event.id for event in world.store.day(TODAY)] == ["e1", "foreign", "e2"]
    bad = world.watch.verify().first_bad
    assert bad is not None
    assert (bad.place, bad.event) == (2, "foreign")


def _edit(world: World) -> None:
    entry = world.client.lindex(KEY, 1)
    assert isinstance(entry, bytes)
    world.client.lset(KEY, 1, entry.decode().replace("s-e2", "s-e9"))


def _remove(world: World) -> None:
    world.client.lset(KEY, 1, "gone")
    world.client.lrem(KEY, 1, "gone")


def _insert(world: World) -> None:
    entry = world.client.lindex(KEY, 1)
    assert isinstance(entry, bytes)
    world.client.linsert(KEY, "BEFORE", entry.decode(), '{"id":"x"}')


def _cut(world: World) -> None:
    """The tail, and the head set to what it was: only the witness knows better."""
    world.client.ltrim(KEY, 0, 1)
    last = world.client.lindex(KEY, -1)
    assert isinstance(last, bytes)
    link, key = last.split(b'"link":"')[1][:64], last.split(b'"key":"')[1][:8]
    world.client.set(HEAD, b"2:" + link + b":" + key)


def _drop(world: World) -> None:
    world.client.delete(KEY, HEAD, keys.seen("main", TODAY), keys.last("main", TODAY))


@pytest.mark.parametrize(
    ("tamper", "flaw", "place"),
    [
        (_edit, Flaw.EDITED, 2),
        (_remove, Flaw.REMOVED, 2),
        (_insert, Flaw.INSERTED, 2),
        (_cut, Flaw.CUT, None),
        (_drop, Flaw.MISSING_DAY, None),
    ],
)
def test_what_a_database_admin_could_do_is_found(
    world: World, tamper: Callable[[World], None], flaw: Flaw, place: int | None
) -> None:
    world.mark("e1", "e2", "e3", "e4")
    world.watch.copy()
    tamper(world)
    bad = world.watch.verify().first_bad
    assert bad is not None
    assert (bad.day, bad.flaw, bad.place) == (TODAY, flaw, place)


def test_events_newer_than_the_witness_are_named(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    world.mark("e2", "e3")
    report = world.watch.verify()
    assert report.whole
    assert (report.newer, report.newer_events) == (2, ("e2", "e3"))
    assert report.witnessed_at == MORNING
    assert "2 events: e2, e3" in report.lines()[-1]


def test_without_a_witness_the_report_says_what_could_not_be_seen(world: World) -> None:
    world.mark("e1")
    assert "no witness yet" in world.watch.verify().lines()[-1]


def test_a_list_that_was_cut_and_goes_on_never_replaces_the_evidence(world: World) -> None:
    world.mark("e1", "e2", "e3", "e4")
    world.watch.copy()
    _cut(world)
    after = RedisAttendance(world.client, "main", chain=a_chain())
    for number in range(5):
        after.apply(an_event(f"n{number}", f"n{number}"), 0)
    world.mark("n9")
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken
    assert Flaw.REWRITTEN in world.flaws()


def test_a_witness_that_was_edited_is_found(world: World) -> None:
    world.mark("e1", "e2", "e3", "e4")
    world.watch.copy()
    _cut(world)
    world.log().write_bytes(b"".join(world.lines()).replace(b"[4,", b"[2,"))
    assert Flaw.WITNESS in world.flaws()


def test_a_damaged_witness_is_said_instead_of_ignored(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    world.log().write_bytes(b"no JSON\n" + b"".join(world.lines()))
    finding = world.watch.verify().findings[0]
    assert (finding.flaw, finding.day) == (Flaw.WITNESS, "witness")
    assert "damaged or was changed" in finding.sentence()


def test_a_month_of_the_witness_that_cannot_be_read_hides_nothing_that_the_others_say(
    world: World,
) -> None:
    """Neither one of before the logs nor one of them: both are said, and the rest is checked."""
    world.mark("e1", "e2", "e3")
    world.watch.copy()
    folder = world.folder / "witness" / "main"
    (folder / "2024-01.json").write_bytes(b"no JSON")
    name = world.log().stem.rpartition("-")[0].rpartition("-")[0]
    (folder / f"{name}-2099-01.jsonl").mkdir()
    _cut(world)
    findings = world.watch.verify().findings
    said = " ".join(finding.detail for finding in findings if finding.flaw is Flaw.WITNESS)
    assert "2024-01 is damaged" in said
    assert "cannot be used" in said
    assert Flaw.CUT in {finding.flaw for finding in findings}


def test_a_day_that_is_no_list_hides_nothing_of_the_others(world: World) -> None:
    world.mark("e1", "e2")
    world.mark("e3", day=1)
    world.client.delete(KEY)
    world.client.set(KEY, b"garbage")
    report = world.watch.verify()
    assert [(finding.day, finding.flaw) for finding in report.findings] == [
        (TODAY, Flaw.UNREADABLE)
    ]
    assert report.linked == 1


def test_a_person_waits_for_no_endless_race_and_the_replay_does(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.mark("e1")
    RedisAttendance(world.client, "main", chain=a_chain()).apply(an_event("e2", "s-e2"), 0)
    monkeypatch.setattr(attendance, "_LONGEST", 0.0)
    with pytest.raises(StoreUnavailable, match="stays in the journal"):
        world.mark("e3")
    RedisAttendance(world.client, "main", chain=a_chain()).apply(
        an_event("e4", "s-e4"), 0, replay=True
    )
    late = world.store.apply(an_event("e3", "s-e3"), 0, replay=True)
    assert late.outcome is Outcome.MARKED
    assert world.watch.verify().whole


def _lost_and_made_anew(world: World, *offered: str) -> None:
    """Redis loses e3 and e4, somebody comes, and what is ``offered`` again is chained behind."""
    world.mark("e1", "e2", "e3", "e4")
    world.watch.copy()
    world.client.ltrim(KEY, 0, 1)
    world.client.srem(keys.seen("main", TODAY), "e3", "e4")
    world.client.delete(HEAD)
    world.mark("new", *offered)


def test_a_day_that_was_lost_and_made_anew_is_taken_once_somebody_has_said_so(
    world: World,
) -> None:
    _lost_and_made_anew(world, "e3", "e4")
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken
    world.watch.went_back()
    world.watch.copy()
    assert world.watch.status().broken == ""
    assert world.watch.verify().whole
    world.mark("later")
    world.watch.copy()
    assert world.watch.verify().whole


def test_a_day_of_long_ago_is_taken_only_if_marks_of_it_were_offered_again(world: World) -> None:
    """A correction of last month is lost by a failover like all else of that minute."""
    world.clock.advance(60 * 86_400)
    _lost_and_made_anew(world, "e3", "e4")
    world.watch.went_back()
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken
    world.watch.went_back({TODAY})
    world.watch.copy()
    assert world.watch.status().broken == ""
    assert world.watch.verify().whole
    world.clock.advance(3600)
    world.watch.went_back()
    _lost_and_made_anew(world, "e5", "e6")
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken


def test_a_day_that_stays_shorter_than_it_was_seen_is_not_taken(world: World) -> None:
    _lost_and_made_anew(world)
    world.watch.went_back()
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken
    assert Flaw.CUT in world.flaws()


def test_a_day_that_others_make_whole_is_taken_once_it_is_as_long_again(world: World) -> None:
    """What this process has witnessed, another machine keeps, and brings back later."""
    _lost_and_made_anew(world)
    world.watch.went_back()
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken
    other = RedisAttendance(world.client, "main", chain=a_chain())
    for name in ("e3", "e4"):
        other.apply(an_event(name, f"s-{name}"), 0, replay=True)
    world.clock.advance(60)
    world.watch.copy()
    assert world.watch.status().broken == ""
    assert world.watch.verify().whole


@pytest.mark.parametrize(("others", "taken"), [(0, True), (2, False)])
def test_a_day_may_stay_shorter_by_the_marks_for_which_others_stand_and_by_no_more(
    world: World, others: int, taken: bool
) -> None:
    """Two marks of somebody are lost; before they are back, they are marked between the two, too
    near to either. ``others``: how many are lost beside these and never come back."""
    ledger = Streams(world.client, a_chain(), world.clock).ledger(AUDIT)
    audit = RedisAudit(world.client, "main", ledger)
    marks = AuditedMarks(world.store, AuditLog(audit, world.clock))
    watch = world.another_watch(repeated=AuditRecords(audit, ledger).repeated)
    lost = [an_event("first", "ada", 0), an_event("second", "ada", 90)]
    for event in [*lost, *(an_event(f"other{n}", f"s{n}") for n in range(others))]:
        world.store.apply(event, 60)
    watch.copy()
    world.client.flushdb()
    world.store.apply(an_event("between", "ada", 45), 60)
    for event in lost:
        assert marks.apply(event, 60, replay=True).already
    world.clock.advance(60)
    watch.went_back()
    watch.copy()
    assert (watch.status().broken == "") is taken
    assert watch.verify().whole is taken


def test_a_database_that_begins_empty_and_was_not_is_said_at_once(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    same = world.another_watch()
    same.start()
    same.close()
    assert emptied_check(lambda: same.emptied)().ok
    world.client.flushdb()
    again = world.another_watch()
    again.start()
    again.close()
    result = emptied_check(lambda: again.emptied)()
    assert not result.ok
    assert "restore" in result.advice


def test_long_after_a_loss_nothing_else_is_taken_for_one(world: World) -> None:
    _lost_and_made_anew(world, "e3", "e4")
    world.watch.went_back()
    world.clock.advance(3600)
    world.watch.copy()
    assert "do not go on" in world.watch.status().broken


def test_the_witness_in_a_bucket_works_like_the_one_in_a_folder(world: World) -> None:
    bucket = MemoryBucket()
    watch = world.another_watch(bucket)
    world.mark("e1", "e2")
    watch.copy()
    (key,) = bucket.objects
    assert key.startswith("witness/main/log/")
    assert key.endswith("/2025-03-10T08.jsonl")
    assert bucket.objects[key] == b"".join(world.lines())
    _drop(world)
    assert [f.flaw for f in watch.verify().findings] == [Flaw.MISSING_DAY]


def test_a_bucket_that_is_away_keeps_no_head_from_the_folder(world: World) -> None:
    bucket = MemoryBucket()
    bucket.away = True
    watch = world.another_watch(bucket)
    world.mark("e1")
    watch.copy()
    assert TODAY.isoformat() in (world.witness().known() or {})
    assert "switched the bucket off" in watch.status().problem
    bucket.away = False
    watch.copy()
    assert watch.status().problem == ""
    assert bucket.objects


def test_the_bucket_gets_an_object_an_hour_and_goes_on_after_a_restart(world: World) -> None:
    bucket = MemoryBucket()
    for number in range(6):
        world.mark(f"e{number}")
        world.another_watch(bucket).copy()  # each as a process of its own
        world.clock.advance(1200)
    assert len(bucket.objects) == 2
    stored = b"".join(bucket.objects[key] for key in sorted(bucket.objects))
    assert stored == b"".join(world.lines())
    assert world.another_watch(bucket).verify().whole


def test_a_clock_that_is_set_back_neither_breaks_the_log_nor_its_copy(world: World) -> None:
    bucket = MemoryBucket()
    watch = world.another_watch(bucket)
    for number, seconds in enumerate((0, 30 * 86_400, -30 * 86_400, 3600, -7200, 60)):
        world.clock.advance(seconds)
        world.mark(f"e{number}")
        watch.copy()
    watch = world.another_watch(bucket)  # a restart goes on where it was
    world.mark("newest")
    watch.copy()
    report = watch.verify()
    assert report.whole, report.lines()
    assert (report.newer, watch.status().broken) == (0, "")
    copied = b"".join(bucket.objects[key] for key in sorted(bucket.objects))
    files = sorted((world.folder / "witness" / "main").glob("log-*.jsonl"))
    assert copied == b"".join(path.read_bytes() for path in files)
    assert len(files) == 2


def test_the_last_marks_before_a_shutdown_are_witnessed(world: World) -> None:
    world.watch.start()
    world.mark("e1")
    world.watch.close()
    known = world.witness().known() or {}
    assert known[TODAY.isoformat()].count == 1


def test_marks_that_a_crash_kept_from_the_witness_are_copied_at_the_next_start(
    world: World,
) -> None:
    world.mark("e1")
    world.store.heads.drain()  # as if this process had died here
    world.watch.start()
    world.watch.close()
    assert world.watch.verify().newer == 0


def test_unlinked_days_after_the_beginning_are_not_taken_for_old_ones(world: World) -> None:
    world.mark("e1")
    world.watch.copy()
    tomorrow: date = TODAY + timedelta(days=1)
    world.client.rpush(keys.attendance("main", tomorrow), event_codec.encode(an_event("x")))
    assert world.flaws() == [Flaw.INSERTED]


def test_a_failover_between_mark_and_wait_appends_nothing_without_a_link(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RedisAttendance(world.client, "main", wait_replicas=1, chain=a_chain())
    append = store._append

    def lost(asked: attendance._Asked, until: float) -> object:
        answer = append(asked, until)
        world.client.flushall()
        return answer

    monkeypatch.setattr(store, "_append", lost)
    with pytest.raises(StoreUnavailable):
        store.apply(an_event(), 60)
    assert store.length(TODAY) == 0
