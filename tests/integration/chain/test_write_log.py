"""What this machine keeps of people's writes: on the disk before Redis is asked, gone with whom it
tells of, and given back only where nothing newer stands."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.attendance.explore.view import View
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.calendars.feed import Feed
from face_rec.domain.enrolment_errors import IdTaken
from face_rec.domain.errors import Conflict, JournalError, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.mobile.agreed import MobileConsent
from face_rec.notices.guardians.guardian import Guardian, Guardians
from face_rec.requests.request import OwnRequests, SwapRequest
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.chain import writes_file
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.ledger import AUDIT, PEOPLE, RULES, Streams
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.write_log import NAME, UNDER_WAY, WriteLog
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.journal.writes_aside import WritesAside
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.clock import FakeClock
from tests.integration.chain.write_machines import (
    DAY,
    HOURS,
    Machine,
    clock,
    machine,
    other,
    remembered,
)
from tests.samples import a_chain

__all__ = ["clock", "machine", "other"]


def test_nothing_is_written_where_the_disk_takes_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = machine.register()

    def full(_: WriteLog, write: KeptWrite, about: object = ()) -> None:
        raise JournalError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(WriteLog, "put", full)
        with pytest.raises(JournalError):
            machine.register("bob")
        assert machine.ids() == ["ada"]
        machine.people.delete(ada.subject)  # a full disk keeps nobody here who shall go
    assert machine.ids() == []


def test_a_full_disk_bars_nobody_from_taking_something_away(
    machine: Machine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what the chain names by its kind only: a calendar's address, a PIN."""
    ada = machine.register()
    calendars = machine.records(Feed)
    calendars.create(Feed(ada.subject, "digest", clock.now()))
    machine.pins.put(ada.subject, "hashed")

    def full(_: WriteLog, write: KeptWrite, about: object = ()) -> None:
        raise JournalError("No space left on device")

    monkeypatch.setattr(WriteLog, "put", full)
    with pytest.raises(JournalError):
        machine.pins.put(ada.subject, "another")
    with pytest.raises(JournalError):
        calendars.create(Feed("bob", "digest", clock.now()))
    assert machine.pins.clear(ada.subject)
    assert calendars.remove(ada.subject)
    assert calendars.all() == []


def test_a_file_that_cannot_be_written_to_is_said_in_words(
    tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    sealer = DataSealer(derived(["a secret of the tests, 32 long .."], "writes"))
    aside = WritesAside(Quarantine(tmp_path / "quarantine"), clock.uptime)
    log = WriteLog(
        tmp_path / "in-the-way" / NAME,
        sealer,
        HOURS,
        aside,
        operating_time=clock.uptime,
        clock=clock,
    )
    with pytest.raises(JournalError, match="Make room on the disk"):
        log.put(KeptWrite("a", 1.0, "people", "linked", (), ()))


def test_what_redis_refuses_is_not_kept(machine: Machine) -> None:
    ada = machine.register()
    before = machine.kept.ids(PEOPLE)
    with pytest.raises(IdTaken):
        machine.register("ada")
    with pytest.raises(Conflict):
        machine.people.update(replace(ada, version=7))
    assert machine.kept.ids(PEOPLE) == before


def test_what_redis_does_not_answer_to_is_not_kept(tmp_path: Path, clock: FakeClock) -> None:
    """Nobody was told that it was done."""
    away = connect(RedisAddress(nodes=(("127.0.0.1", 1),)))
    with closing(away):
        machine = Machine(away, tmp_path, clock)
        with pytest.raises(StoreUnavailable):
            machine.rules.put(Holiday("h", DAY, "Founders' day"))
        assert machine.kept.ids(RULES) == {}
        machine.kept.close()


def test_a_write_that_is_under_way_is_run_by_nobody_else(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was: the first account of a new installation was told that there is one already."""
    put = WriteLog.put

    def overtaken(self: WriteLog, write: KeptWrite, about: Sequence[str] = ()) -> None:
        put(self, write, about)
        assert machine.offers.offer() == 0

    monkeypatch.setattr(WriteLog, "put", overtaken)
    machine.register()
    assert machine.ids() == ["ada"]


def test_a_write_that_was_brought_back_before_it_came_itself_stands_once(
    machine: Machine, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process of this machine, while this one was stopped for long."""
    put, beside = WriteLog.put, Machine(redis_client, machine.path.parent, machine.clock)

    def overtaken(self: WriteLog, write: KeptWrite, about: Sequence[str] = ()) -> None:
        put(self, write, about)
        assert beside.offer() == 1

    monkeypatch.setattr(WriteLog, "put", overtaken)
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    assert len(machine.access.audit.newest(9)) == 1
    assert len([*machine.ledger(AUDIT).statements()]) == 1


@pytest.mark.parametrize("same", [True, False], ids=["this process", "another one"])
def test_it_stands_once_though_much_else_was_brought_back_behind_it(
    machine: Machine, redis_client: Client, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """The thread that made it was stopped for longer than anything is under way."""
    for number in range(40):
        machine.access.audit.record(Action.EXPORTED, f"{number}")
    redis_client.flushdb()
    put = WriteLog.put
    others = machine if same else Machine(redis_client, machine.path.parent, machine.clock)

    def stopped(self: WriteLog, write: KeptWrite, about: Sequence[str] = ()) -> None:
        put(self, write, about)
        monkeypatch.setattr(WriteLog, "put", put)
        assert others.offer() == 41
        machine.clock.advance(100 * 3600)  # and its clock was set
        for number in range(40, 60):
            others.access.audit.record(Action.EXPORTED, f"{number}")

    monkeypatch.setattr(WriteLog, "put", stopped)
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    told = [entry.target for entry in machine.access.audit.newest(99)]
    assert len(told) == len({*told}) == 61


def test_offered_twice_or_by_two_it_is_done_once(machine: Machine, redis_client: Client) -> None:
    lost = remembered(redis_client)
    ada = machine.register()
    lost()
    assert machine.ids() == []
    assert (machine.offer(), machine.offer()) == (1, 0)
    assert machine.people.get(ada.subject) == ada
    assert redis_client.llen("chain:{main}:people") == 1


def test_an_erasure_by_another_machine_holds_although_both_were_lost(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    lost = remembered(redis_client)
    ada = machine.register()
    other.people.delete(ada.subject)
    for one, two in ((machine, other), (other, machine)):
        lost()
        one.offer()  # whoever comes first
        two.offer()
        assert machine.ids() == []


def test_an_erasure_that_was_lost_is_done_again(machine: Machine, redis_client: Client) -> None:
    ada = machine.register()
    lost = remembered(redis_client)
    machine.people.delete(ada.subject)
    lost()
    assert machine.ids() == ["ada"]
    assert machine.offer() == 1
    assert machine.ids() == []


def test_what_is_kept_of_somebody_goes_when_they_are_erased_on_every_machine(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    ada, bob = machine.register(), machine.register("bob")
    other.people.update(replace(ada, name="Ada Lovelace"))
    other.rules.put(Leave("l", ada.subject, DAY, DAY, "sick", author="boss"))
    other.offers.look()
    size = other.path.with_name(NAME + "-wal").stat().st_size
    assert machine.kept.subjects() == {ada.subject, bob.subject}
    assert (other.kept.subjects(), size > 0) == ({ada.subject}, True)
    sealed = [content for path in (machine.path, other.path) for content in _contents(path, ada)]
    assert sealed
    machine.people.delete(ada.subject)
    assert machine.kept.subjects() == {bob.subject}
    other.offers.look()
    assert other.kept.subjects() == set()
    for one in (machine, other):
        on_disk = b"".join(path.read_bytes() for path in one.path.parent.glob(NAME + "*"))
        assert ada.subject.encode() not in on_disk
        assert not any(content[:64] in on_disk for content in sealed)


def test_nothing_that_any_record_said_of_somebody_erased_is_kept_on_any_machine(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    ada, bob, now = machine.register(), other.register("bob"), clock.now()
    guardian = Guardian("g", "mother@home.example", "m…", "en", "boss", now)
    swap = SwapRequest("s", ada.subject, DAY, "early", None, "", "Ada owes me", now)
    for record in (
        Guardians(ada.subject, (guardian,)),
        OwnRequests(ada.subject, language="nl"),
        OwnRequests(bob.subject, swaps=(swap,)),
        MobileConsent(ada.subject, now, "agreed"),
        Badge(ada.subject, "digest", now),
        BadgeKey("digest", ada.subject),
        Feed(ada.subject, "digest", now),
        Invitation("i", ada.subject, "boss", now, now),
        SelfEnrolment("e", "i", ada.subject, now, "I agree.", "1", "en", now),
    ):
        assert other.records(type(record)).create(record)
    other.records(Guardians).update(Guardians(ada.subject, (guardian, guardian), 1))
    assert _kept_of(other, ada.subject).count(True) == 10
    machine.people.delete(ada.subject)
    other.offers.look()
    for one in (machine, other):
        assert not any(_kept_of(one, "mother@home.example"))
        assert _kept_of(one, ada.subject).count(True) == (one is machine), "the erasure itself"
    assert any(_kept_of(other, bob.subject)), "of all others it stays"


def test_what_was_on_its_way_at_an_erasure_is_not_kept_for_long(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    ada = machine.register()
    machine.people.delete(ada.subject)
    other.offers.look()
    other.rules.put(Leave("late", ada.subject, DAY, DAY, "sick", author="boss"))
    clock.advance(3600)
    other.offers.look()
    assert not any(_kept_of(other, "sick"))


def _kept_of(machine: Machine, text: str) -> list[bool]:
    """Of each write that is kept whether it says ``text``, opened."""
    with closing(sqlite3.connect(machine.path)) as file:
        numbers = [row[0] for row in file.execute("SELECT number FROM writes")]
    kept = [machine.kept.read(number) for number in numbers]
    return [text.encode() in one.written() for one in kept if one is not None]


def test_of_a_record_that_is_removed_nothing_is_kept_that_it_said(
    machine: Machine, clock: FakeClock, redis_client: Client
) -> None:
    """A view is called after somebody, and nothing says whom."""
    lost = remembered(redis_client)
    views = machine.records(View)
    views.create(View("v", "boss", "Zaphod, late", "late", "day"))
    assert any(_kept_of(machine, "Zaphod"))
    views.remove("v")
    assert not any(_kept_of(machine, "Zaphod"))
    lost()
    assert machine.offer() == 2, "the list is as long as it was"
    assert views.all() == []


def _contents(path: Path, person: Person) -> list[bytes]:
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute(
            "SELECT content FROM writes JOIN about USING (number) WHERE subject = ?",
            (person.subject,),
        ).fetchall()
    return [row[0] for row in rows]


def test_templates_that_were_taken_away_are_not_kept_either(machine: Machine) -> None:
    ada = machine.register()
    (before,) = _contents(machine.path, ada)
    machine.people.put_templates(ada.subject, [], ada.version, machine.people.revision())
    (after,) = _contents(machine.path, ada)
    assert after != before


def test_a_newer_write_is_never_undone(
    machine: Machine, other: Machine, redis_client: Client, clock: FakeClock
) -> None:
    ada = machine.register()
    machine.rules.put(Holiday("h", DAY, "Founders' day"))
    lost = remembered(redis_client)
    clock.advance(1)
    machine.people.update(replace(ada, name="Ada King"))
    machine.rules.put(Holiday("h", DAY, "King's day"))
    machine.rules.put(Holiday("other", DAY, "Another day"))
    lost()
    clock.advance(1)
    other.people.update(replace(ada, name="Ada Lovelace"))
    other.rules.put(Holiday("h", DAY, "Lovelace day"))
    assert machine.offer() == 3  # the other holiday, and that two more were written
    (now,) = machine.people.all()
    assert now.name == "Ada Lovelace"
    holidays = {one.id: one.name for one in machine.rules.load().holidays}
    assert holidays == {"h": "Lovelace day", "other": "Another day"}


def test_a_list_is_as_long_again_after_a_loss_whatever_was_overtaken_meanwhile(
    machine: Machine, other: Machine, redis_client: Client, clock: FakeClock
) -> None:
    """Else the witness saw more than there is, which looks like a tail that was cut off."""
    machine.rules.begin()
    machine.rules.put(Holiday("h", DAY, "Founders' day"))
    machine.rules.put(Holiday("h", DAY, "King's day"))
    rules = machine.ledger(RULES)
    written = {statement.id for statement in rules.statements()}
    assert len(written) == 3
    redis_client.flushdb()
    clock.advance(1)
    other.rules.put(Holiday("h", DAY, "Lovelace day"))
    machine.offer()
    listed = [statement.id for statement in rules.statements()]
    assert written <= {*listed}
    assert rules.complete()
    assert [one.name for one in machine.rules.load().holidays] == ["Lovelace day"]
    assert machine.offer() == 0
    assert [statement.id for statement in rules.statements()] == listed


def test_what_was_overtaken_once_stands_in_nobody_s_way_after_another_loss(
    machine: Machine, redis_client: Client, clock: FakeClock
) -> None:
    """Redis forgets a change; somebody makes another one without it; Redis forgets everything."""
    ada = machine.register()
    without = remembered(redis_client)
    machine.people.update(replace(ada, name="Ada King"))
    without()
    clock.advance(UNDER_WAY + 1)
    machine.people.update(replace(ada, name="Ada Lovelace"))
    machine.offer()
    people = machine.ledger(PEOPLE)
    written = {statement.id for statement in people.statements()}
    redis_client.flushdb()
    machine.offer()
    assert [one.name for one in machine.people.all()] == ["Ada Lovelace"]
    assert {statement.id for statement in people.statements()} == written


def test_what_one_machine_wrote_keeps_its_order_whatever_its_clock_said(
    machine: Machine, redis_client: Client, clock: FakeClock
) -> None:
    gone, kept = Holiday("gone", DAY, "Founders' day"), Holiday("kept", DAY, "Founders' day")
    clock.advance(36 * 3600)  # somebody sets it wrong, and right again
    machine.rules.put(gone, kept)
    clock.advance(-36 * 3600)
    machine.rules.remove(gone)
    machine.rules.put(replace(kept, name="King's day"))
    told = machine.rules.stored()
    redis_client.flushdb()
    machine.offer()
    assert machine.rules.stored() == told
    clock.advance(36 * 3600)
    machine.rules.put(gone)
    clock.advance(-36 * 3600)
    redis_client.flushdb()
    machine.rules.remove(gone)  # before what was lost is there again
    machine.offer()
    assert machine.rules.stored() == told


def test_it_goes_after_its_time(machine: Machine, clock: FakeClock) -> None:
    machine.register()
    clock.advance(HOURS + 1)
    machine.register("bob")
    machine.kept.expire()
    clock.advance(UNDER_WAY + 1)
    assert len(machine.kept.ids(PEOPLE)) == 1


def test_it_goes_after_its_time_in_an_app_that_runs_and_of_which_redis_loses_nothing(
    machine: Machine, clock: FakeClock
) -> None:
    machine.register()
    machine.offer()
    clock.advance(HOURS + 1)
    machine.offers.look()
    assert machine.kept.oldest() is None


def test_what_a_stopped_reader_keeps_in_the_log_of_sqlite_goes_once_it_is_gone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes_file, "_PATIENCE", 0.2)
    ada = machine.register()
    sealed = _contents(machine.path, ada)
    with closing(sqlite3.connect(machine.path)) as stopped:
        stopped.execute("BEGIN")
        stopped.execute("SELECT count(*) FROM writes").fetchall()
        machine.people.delete(ada.subject)
        assert any(one[:64] in _on_disk(machine) for one in sealed), "or this could not fail"
    machine.kept.expire()
    assert not any(one[:64] in _on_disk(machine) for one in sealed)


def _on_disk(machine: Machine) -> bytes:
    return b"".join(path.read_bytes() for path in machine.path.parent.glob(NAME + "*"))


def test_a_rule_about_somebody_erased_comes_back_from_nowhere(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    """Redis loses a leave, they are erased before it is offered again, on another machine."""
    ada = machine.register()
    lost = remembered(redis_client)
    other.rules.put(Leave("l", ada.subject, DAY, DAY, "sick", author="boss"))
    lost()
    machine.people.delete(ada.subject)
    other.clock.advance(UNDER_WAY + 1)
    other.offers.offer()
    assert other.rules.stored() == {}
    assert not any(_kept_of(other, ada.subject))


def test_a_damaged_file_is_set_aside_and_the_next_write_is_kept(
    redis_client: Client, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / NAME).write_bytes(b"this is no database" * 1000)
    machine = Machine(redis_client, tmp_path, clock)
    with closing(machine.kept):
        machine.register()
        clock.advance(UNDER_WAY + 1)
        assert len(machine.kept.ids(PEOPLE)) == 1
        assert [one.name.startswith("writes-") for one in machine.aside.all()] == [True]


def test_a_damaged_write_costs_no_other_one(machine: Machine, redis_client: Client) -> None:
    lost = remembered(redis_client)
    machine.register()
    machine.register("bob")
    with closing(sqlite3.connect(machine.path)) as file, file:
        file.execute("UPDATE writes SET content = substr(content, 1, 60) WHERE number = 1")
    lost()
    assert machine.offer() == 1
    assert machine.ids() == ["bob"]
    assert machine.offer() == 0
    (shown,) = machine.aside.all()
    assert len((machine.aside.folder / shown.name).read_bytes()) == 60


def test_what_a_write_says_is_sealed(machine: Machine) -> None:
    ada = machine.register("ERASE-ME-4711")
    machine.rules.put(Leave("l", ada.subject, DAY, DAY, "a very private reason", author="boss"))
    on_disk = b"".join(path.read_bytes() for path in machine.path.parent.glob(NAME + "*"))
    assert ada.subject.encode() in on_disk  # or nothing was written at all
    assert b"ERASE-ME-4711" not in on_disk
    assert b"private" not in on_disk
    assert oct(machine.path.stat().st_mode & 0o777) == "0o600"


def test_who_is_erased_while_redis_has_lost_them_stays_erased(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    """Between the loss and the offer there is nobody to erase: it is kept all the same."""
    ada = machine.register()
    redis_client.flushdb()
    assert machine.people.delete(ada.subject) is None
    machine.offer()
    assert machine.ids() == []
    bob = other.register("bob")
    redis_client.flushdb()
    machine.people.delete(bob.subject)
    other.offer()  # before the machine that knows of it
    assert other.ids() == ["bob"]
    machine.offer()
    assert machine.ids() == []
    other.offer()
    assert other.kept.subjects() == set()
    assert other.ids() == []


def test_a_write_whose_answer_was_lost_and_that_was_sent_again_stands_once(
    redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Linking.run
    answers: list[object] = []

    def run(self: Linking, client: Client, link: Sequence[Any]) -> Any:  # noqa: ANN401
        answers.append(sent(self, client, link))
        return sent(self, client, link) if len(answers) == 1 else answers[-1]

    monkeypatch.setattr(Linking, "run", run)
    ledger = Streams(redis_client, a_chain(), FakeClock()).ledger(AUDIT)
    audit = AuditLog(RedisAudit(redis_client, "main", ledger), FakeClock())
    audit.record(Action.EXPORTED, "the marks of May")
    audit.record(Action.EXPORTED, "the marks of June")
    told = [entry.target for entry in audit.newest(9)]
    assert told == ["the marks of June", "the marks of May"]
