"""Old days leave Redis once they are archived, verified and witnessed, and read as before."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast

import pytest

from face_rec import assembly
from face_rec.archive import database
from face_rec.archive.checking import leaving
from face_rec.assembly.archive.postgres import leaving_now, no_day_leaves
from face_rec.assembly.commands.drill import _side
from face_rec.domain.errors import ArchiveAway, StoreError
from face_rec.domain.marks import Outcome
from face_rec.stores.backup.comparison import Comparison
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.stores.left import left_days
from face_rec.stores.left.archived_attendance import ArchivedAttendance
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests.fakes.clock import MORNING
from tests.integration.archive.site import Site, settings_of, site
from tests.postgres_server import Postgres
from tests.redis_servers import Server
from tests.samples import an_event

WHEN = MORNING.date()
NEXT = WHEN + timedelta(days=1)
LIST = f"attendance:{{main|{WHEN}}}"


@pytest.fixture
def at(
    tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str
) -> Iterator[Site]:
    with site(settings_of(tmp_path, redis_server, archive_url, REDIS_DAYS="90")) as made:
        yield made


def _filled(at: Site) -> str:
    subject = at.register("7", "Ada").subject
    for number in range(30):
        at.mark(f"e{number}", subject, number * 3600)
    at.mark("other", "s2", 60)
    return subject


def _state(at: Site, subject: str) -> dict[str, Any]:
    """All that readers ask of these days."""
    marks = at.stores.attendance
    return {
        "day": marks.day(WHEN),
        "part": marks.part(WHEN, 2, 5),
        "raw": marks.raw(WHEN, 2, 5),
        "glance": [list(part.ids) for part in marks.glance(marks.raw(WHEN, 2, 5))],
        "lengths": marks.lengths([WHEN, NEXT, NEXT + timedelta(days=1)]),
        "malformed": marks.malformed(WHEN),
        "missing": marks.missing([an_event("e1"), an_event("never")]),
        "days of": _days(at).marked(subject),
        "all": sorted(_days(at).days()),
        "read": _days(at).read(WHEN),
    }


def _days(at: Site) -> Any:  # noqa: ANN401
    return at.stores.chain._days


def _in_redis(client: Client) -> list[str]:
    found = cast("list[bytes]", client.keys("*{main|2025-03-1*}"))
    return sorted(key.decode().split(":")[0] for key in found)


def _verified(at: Site) -> bool:
    at.stores.chain.copy()
    return at.stores.chain.verify().whole and at.archive.verify.run().differences == ()


def test_a_day_leaves_once_it_is_archived_and_witnessed_and_everything_reads_as_before(
    at: Site, redis_client: Client
) -> None:
    subject = _filled(at)
    before = _state(at, subject)
    assert at.archive.leave() == 0  # neither archived nor witnessed
    at.copy()
    assert at.archive.leave() == 0  # not witnessed
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    assert _in_redis(redis_client) == ["left", "left"]
    assert _state(at, subject) == before
    assert _verified(at)
    at.copy()
    assert at.archive.accept().lists == ()
    with at.archive.database.begin() as connection:  # of one that leaves while lists are compared
        lists = at.archive.worker._copier._lists
        assert lists.accept(connection, WHEN, at.clock.now()) is None
    assert _state(at, subject) == before


def test_a_correction_brings_its_day_back_which_leaves_again(
    at: Site, redis_client: Client
) -> None:
    subject = _filled(at)
    seen = {name: _content(redis_client, name) for name in ("seen", "last")}
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    marks = at.stores.writers.offered
    repeated = marks.apply(an_event("e3", subject, 3 * 3600), 0.0, replay=True)
    assert repeated.outcome is Outcome.REPEATED
    assert {name: _content(redis_client, name) for name in ("seen", "last")} == seen
    near = marks.apply(an_event("near", subject, 3 * 3600 + 5), 60.0, replay=True)
    assert near.outcome is Outcome.ALREADY
    at.mark("late", subject, 3 * 3600 + 600)
    assert at.stores.attendance.lengths([WHEN, NEXT]) == [18, 14]
    assert redis_client.ttl(LIST) == -1
    at.copy()
    assert _verified(at)
    assert at.archive.leave() == 1
    assert [event.id for event in at.stores.attendance.day(WHEN)][-1] == "late"
    assert _verified(at)


def test_a_day_that_was_changed_in_the_archive_stays_in_redis(
    at: Site, redis_client: Client
) -> None:
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM archive.events WHERE place = 4")
    assert at.archive.leave() == 0
    assert redis_client.llen(LIST) == 17


def test_while_the_archive_is_away_an_old_day_is_refused_in_words_and_never_shown_empty(
    at: Site, redis_client: Client
) -> None:
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    unset = ArchivedAttendance(left_days.LeftDays(redis_client, "main"), redis_client, "main")
    assert unset.lengths([WHEN]) == [17]
    with pytest.raises(StoreError, match="have left Redis for the archive"):
        unset.day(WHEN)
    with pytest.raises(StoreError, match="Set ARCHIVE_URL"):
        unset.apply(an_event("x"), 0.0, replay=True)
    days = ChainDays(redis_client, "main", left_days.LeftDays(redis_client, "main"))
    with pytest.raises(StoreError, match="Set ARCHIVE_URL"):  # whose pictures are to be erased
        days.marked("s2")
    (finding,) = ChainCheck(at.stores.links, days, at.stores.chain.witness, ()).run().findings
    assert "This day and 1 others have left Redis for an archive, and ARCHIVE_URL is empty" in (
        finding.sentence()
    )
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE archive.events SET entry = set_byte(entry, 20, 66) WHERE place = 7"
        )
    with pytest.raises(StoreError, match="are not those that left Redis for it"):
        at.stores.attendance.day(WHEN)
    assert any("those that left" in one for one in at.archive.verify.run().differences)
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM archive.events WHERE place > 4")
    with pytest.raises(StoreError, match="has 5 of the 17 entries of 2025-03-10"):
        at.stores.attendance.day(WHEN)


def test_a_backup_made_while_days_leave_holds_each_of_them(at: Site, redis_client: Client) -> None:
    _filled(at)
    at.copy()
    at.stores.chain.copy()

    class Passing(SiteBackup):
        """Redis may show in a scan neither what goes nor what comes during it."""

        scans = 0

        def _scan(self, pattern: str) -> Iterator[bytes]:
            self.scans += 1
            unseen = str(NEXT).encode() if self.scans == 1 else b"nothing"
            return (key for key in super()._scan(pattern) if unseen not in key)

    for backup in (SiteBackup, Passing):
        records = backup(redis_client, "main").records()
        assert next(records).key == LIST
        assert at.archive.leave() == 2
        assert f"left:{{main|{NEXT}}}" in {record.key for record in records}
        at.mark(f"late {backup}", "s3", 7)  # both come back
        at.mark(f"later {backup}", "s3", 86407)
        at.copy()
        at.stores.chain.copy()


def test_a_backup_of_before_days_left_is_tried_out_as_the_same(
    at: Site, tmp_path: Path, redis_server: Server, archive_url: str
) -> None:
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    place = assembly.backup_place(at.settings, str(tmp_path / "one.backup"))
    with assembly.build_backups(at.settings) as backups:
        backups.save(place, at.clock.now())
    assert at.archive.leave() == 2
    url = f"redis://127.0.0.1:{redis_server.port}/1"
    apart = settings_of(tmp_path / "apart", redis_server, archive_url, REDIS_URL=url)
    with ExitStack() as stack:
        stack.enter_context(assembly.build_backups(apart)).load(place, noticed=lambda: None)
        restored, _, zone = _side(apart, stack)
        running, _, _ = _side(at.settings, stack)
        made_at = MORNING + timedelta(days=2)
        found = Comparison(restored, running, made_at, zone, at.clock).run()
    assert (found.wrong, found.events, found.records) == ([], 31, 31)


def test_a_day_that_comes_back_while_days_are_looked_for_is_found(
    at: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an erasure would leave its pictures."""
    subject = _filled(at)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    days = _days(at)
    looked = days._matching

    def meanwhile(pattern: str) -> list[date]:
        found = list(looked(pattern))
        if pattern.startswith("head"):
            at.mark("late", "s3", 7)
        return found

    monkeypatch.setattr(days, "_matching", meanwhile)
    assert days.marked(subject) == [WHEN, NEXT]


def test_a_clock_that_is_far_behind_shows_no_day_empty(
    at: Site, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2

    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Behind":
            return cls(2025, 3, 1, tzinfo=tz)

    monkeypatch.setattr(left_days, "datetime", Behind)
    left = left_days.LeftDays(redis_client, "main", at.stores.left.archive)
    late = ArchivedAttendance(left, redis_client, "main")
    assert late.lengths([WHEN]) == [17]
    assert len(late.day(WHEN)) == 17


def test_marks_that_an_older_version_wrote_beside_a_note_are_not_lost(
    at: Site, redis_client: Client
) -> None:
    """It does not know that the day has left."""
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    redis_client.rpush(LIST, "one that it wrote")
    with pytest.raises(StoreError, match="Update every process of the site"):
        at.mark("late", "s1", 7)
    assert redis_client.lrange(LIST, 0, -1) == [b"one that it wrote"]


def test_who_reads_while_days_leave_and_come_back_never_sees_less(at: Site) -> None:
    _filled(at)
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(at.stores.attendance.lengths([WHEN])[0])
            seen.append(len(at.stores.attendance.day(WHEN)))

    with ThreadPoolExecutor(1) as other:
        reading = other.submit(read)
        try:
            for number in range(8):
                at.copy()
                at.stores.chain.copy()
                assert at.archive.leave() >= 1
                at.mark(f"late{number}", "s3", 7200 + number)
        finally:
            done.set()
        reading.result()
    assert len(seen) > 20
    assert seen == sorted(seen)
    assert seen[0] == 17


def _content(client: Client, what: str) -> Any:  # noqa: ANN401
    key = f"{what}:{{main|{WHEN}}}"
    return client.smembers(key) if what == "seen" else _times(client.hgetall(key))


def _times(stored: Any) -> dict[str, list[str]]:  # noqa: ANN401
    """The times of other marks have no order."""
    return {field.decode(): sorted(text.decode().split()) for field, text in stored.items()}


def test_an_archive_that_is_silent_keeps_nobody_waiting_who_reads_or_marks(
    at: Site, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is stopped still takes connections and acknowledges what it is sent."""
    subject = _filled(at)
    at.copy()
    at.stores.chain.copy()
    assert at.archive.leave() == 2
    monkeypatch.setattr(database, "READ_SECONDS", 1.0)
    assert len(at.stores.attendance.day(WHEN)) == 17
    with postgres.silent():
        began = time.monotonic()
        with pytest.raises(ArchiveAway, match="which cannot be read now"):
            at.stores.attendance.day(WHEN)
        with pytest.raises(ArchiveAway, match="replay brings it back"):
            at.stores.writers.offered.apply(an_event("late", subject, 5), 0.0)
        with pytest.raises(ArchiveAway):
            at.mark("late", subject, 5)
        gone = at.stores.attendance.missing([an_event("e1"), an_event("new", seconds=99 * 86400)])
        assert [event.id for event in gone] == ["e1", "new"]
        at.mark("today", subject, 99 * 86400)
        assert time.monotonic() - began < 15
    monkeypatch.setattr(at.stores.left.archive, "silent_until", 0.0)
    at.mark("late", subject, 5)
    assert at.stores.attendance.lengths([WHEN]) == [18]


def test_no_day_leaves_to_which_marks_still_come_whatever_a_clock_says(
    at: Site, redis_client: Client
) -> None:
    today = at.clock.now().date()
    at.mark("now", "s1", (today - WHEN).days * 86400)
    at.copy()
    head = cast("bytes", redis_client.get(f"head:{{main|{today}}}"))
    assert head
    assert not at.stores.left.leave(today, [b"now"], head)
    assert at.stores.attendance.lengths([today]) == [1]
    for name in ("attendance", "seen", "last"):  # as a clock of Redis that has jumped would do
        redis_client.delete(f"{name}:{{main|{today}}}")
    redis_client.rename(f"head:{{main|{today}}}", f"left:{{main|{today}}}")
    at.mark("next", "s1", (today - WHEN).days * 86400 + 1)
    assert [event.id for event in at.stores.attendance.day(today)] == ["now", "next"]


def test_days_that_may_not_leave_bar_no_others(
    at: Site, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "_AT_ONCE", 1)
    _filled(at)
    at.copy()
    at.stores.chain.copy()
    with at.archive.database.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM archive.events WHERE day = %s AND place = 4", (WHEN,)
        )
    assert [at.archive.leave() for _ in range(3)] == [0, 1, 0]
    assert _in_redis(redis_client).count("left") == 1


def test_a_machine_without_a_witness_says_that_no_day_leaves_by_it(
    at: Site, tmp_path: Path
) -> None:
    _filled(at)
    at.stores.chain.copy()
    keeps = at.settings.model_copy(update={"redis_days": 400})
    assert no_day_leaves(keeps) == ""
    (fine,) = leaving_now(keeps)
    assert not fine.warning
    alone = keeps.model_copy(update={"data_dir": tmp_path / "alone"})
    (said,) = leaving_now(alone)
    assert said.warning
    assert "no day leaves Redis while this machine is the one that copies" in said.advice
    assert [*leaving_now(at.settings.model_copy(update={"redis_days": 0}))] == []
