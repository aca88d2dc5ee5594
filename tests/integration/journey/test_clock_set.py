"""A clock that is set while people are marked: real Redis, the real journal, and what an office is
shown of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from face_rec.access.audit.audit import Action
from face_rec.assembly.storage.services import open_service
from face_rec.assembly.storage.stores import Stores as AppStores
from face_rec.assembly.watches import clock_was_set
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.marks.records import marks_table
from face_rec.domain.clock_state import ClockChange
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.people import Consent, Person
from face_rec.journey.marking.mark import DurableMarker
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.seen import SeenFile
from face_rec.timekeeping.watch import ClockWatch
from tests.fakes.clock import FakeClock
from tests.samples import a_chain

COOLDOWN = 300.0
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2025, 3, 11, 7, tzinfo=UTC)  # 08:00 in Berlin


class Site:
    def __init__(self, client: Client, folder: Path, stack: ExitStack) -> None:
        self.client, self.folder, self._stack = client, folder, stack
        self.clock = FakeClock(TUESDAY)
        self.kept: bool | None = None
        self.audited: list[tuple[Action, str, dict[str, str]]] = []
        self.attendance = RedisAttendance(client, "main", chain=a_chain())
        self.changes = RedisClockChanges(client, "main")
        rules = RedisRules(client, "main")
        people = RedisPeople(client, "main", self.clock)
        consent = Consent("I agree.", "1", TUESDAY)
        people.create(Person("ada", "1", "Ada", consent=consent), [], 0)
        self.service = open_service(
            Stores(self.attendance, people, rules, None, self.changes),
            self.attendance, rules, self.clock, BERLIN,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        log = SimpleNamespace(record=self._record)
        stores = cast("AppStores", SimpleNamespace(
            client=self.client, access=SimpleNamespace(audit=log)
        ))  # fmt: skip
        self.watch = ClockWatch(
            self.clock, lambda: Kept(self.kept), {}, clock_was_set(stores, "main", "gate-pc"),
            file=SeenFile(self.folder / "clock.json"), machine="gate-pc",
        )  # fmt: skip
        self.watch.look()
        self.journal = FileJournal(self.folder / "journal", keep=3600.0)
        self.marker = DurableMarker(
            self.attendance, self.journal, self.clock, lambda: COOLDOWN, stamp=self.watch.stamp
        )
        self._stack.callback(self.stop)

    def stop(self) -> None:
        self.marker.close()
        self.journal.close()
        self.watch.close()

    def come(self, name: str, subject: str = "ada") -> Receipt:
        event = Event(name, subject, self.clock.now(), EventKind.PUNCH, Source.VIDEO, "gate")
        return self.marker.mark(event)

    def set(self, by: timedelta) -> None:
        self.clock.set(self.clock.now() + by)

    def doubts(self) -> dict[str, tuple[str, ...]]:
        found = self.service.mark_queries.review(TUESDAY.date(), TUESDAY.date())
        return {one.entry.event.id: one.reasons for one in found}

    def _record(self, action: Action, target: str, **details: Any) -> None:  # noqa: ANN401
        self.audited.append((action, target, details["after"]))


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(redis_client, tmp_path, stack)


REASON = (
    "marked while the clock was wrong, by about 3 min behind when it was set, it seems: "
    "rather at 2025-03-11 08:03"
)


def test_a_clock_that_is_set_puts_the_marks_of_before_into_the_review(site: Site) -> None:
    site.come("early")
    site.clock.advance(3600)
    assert site.doubts() == {}
    site.set(timedelta(minutes=3))
    site.come("late")
    site.watch.look()

    assert site.doubts() == {"early": (REASON,)}
    (action, machine, told) = site.audited[0]
    assert (action, machine) == (Action.CLOCK_SET, "gate-pc")
    assert "it was 3 min behind, it seems" in told["result"]
    explained = site.service.mark_queries.explain("ada", TUESDAY.date())
    assert [line.note for line in explained.events if REASON in line.note]
    marks = site.service.timesheets.marks(TUESDAY.date(), TUESDAY.date())
    table = marks_table(
        marks, {}, BERLIN, changes=site.service.timesheets.sources.clock_changes()
    ).set_index("event")
    assert table.loc["early", "remark"] == REASON
    assert table.loc["late", "remark"] == ""


def test_a_doubt_changes_no_mark_and_ends_with_the_word_of_a_person(site: Site) -> None:
    site.come("early")
    before = site.service.timesheets.day(TUESDAY.date())
    site.clock.advance(1)
    site.set(timedelta(minutes=3))
    site.watch.look()
    site.set(-timedelta(minutes=3))  # the day is judged at the same moment
    assert site.service.timesheets.day(TUESDAY.date()) == before
    (event,) = site.attendance.day(TUESDAY.date())
    corrections = site.service.corrections
    corrections.decide([event], True, "ida", "Asked", within=ALL_GROUPS)
    assert "early" not in site.doubts()


def test_a_mark_by_a_clock_known_to_be_wrong_says_so_in_redis_itself(site: Site) -> None:
    site.kept = True
    site.watch.look()
    site.kept = False
    site.set(timedelta(hours=1))
    site.come("wrong")
    (event,) = site.attendance.day(TUESDAY.date())
    assert event.clock is not None
    assert (event.clock.ahead, event.clock.boot) == (3600.0, "0123abcd")
    assert site.doubts() == {"wrong": ("marked while the clock was wrong, by about 1 h ahead",)}


def test_who_comes_back_is_marked_whatever_the_clock_says_also_after_a_restart(
    site: Site,
) -> None:
    site.come("came")
    site.clock.advance(3600)
    site.stop()
    site.set(-timedelta(hours=1))
    site.start()
    assert site.audited  # noticed at the start
    assert site.come("left").outcome is Outcome.MARKED
    assert [event.id for event in site.attendance.day(TUESDAY.date())] == ["came", "left"]
    site.clock.advance(5)
    site.set(timedelta(hours=1))
    assert site.come("lingers").outcome is Outcome.ALREADY


def test_two_processes_of_a_machine_note_a_change_once(site: Site) -> None:
    noticed = ClockChange("b", 0.0, 500.0, 180.0, TUESDAY, "gate-pc")
    version = site.service.timesheets.rules().version
    assert site.changes.note(noticed)
    assert not site.changes.note(ClockChange("b", 3.0, 501.0, 180.2, TUESDAY, "gate-pc"))
    assert site.changes.all().found == (noticed,)
    assert site.service.timesheets.rules().version == version + 1


def test_a_change_that_nobody_can_read_costs_no_other_one(site: Site) -> None:
    noticed = ClockChange("b", 0.0, 500.0, 180.0, TUESDAY, "gate-pc")
    site.client.hset(keys.rule("main", keys.CLOCK), "x", b"{")
    site.changes.note(noticed)
    assert site.changes.all().found == (noticed,)
