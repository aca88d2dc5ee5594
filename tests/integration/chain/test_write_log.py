"""What this machine keeps of people's writes: on the disk before Redis is asked, gone with whom it
tells of, and given back only where nothing newer stands."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device
from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.rights import Role, Scope
from face_rec.access.signin.session import Session
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.attendance.explore.view import View
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.cameras.camera import Camera
from face_rec.domain.errors import Conflict, IdTaken, JournalError, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.access.sessions import RedisSessions
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, RULES, Streams
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.links import DayHeads
from face_rec.stores.chain.offers import Offers
from face_rec.stores.chain.write_log import NAME, UNDER_WAY, KeptWrite, WriteLog
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.fakes.clock import MORNING, FakeClock
from tests.samples import a_chain, a_person, a_template

DAY = date(2025, 3, 12)
HOURS = 72 * 3600.0


class Machine:
    """One that writes, with a disk of its own and the clock of all."""

    def __init__(self, client: Client, folder: Path, clock: FakeClock) -> None:
        sealer = DataSealer(derived(["a secret of the tests, 32 long .."], "writes"))
        self.aside: list[str] = []
        self.clock = clock
        self.path = folder / NAME
        self.kept = WriteLog(
            self.path, sealer, HOURS, lambda path, name, _: self._aside(path, name), clock
        )
        streams = Streams(client, a_chain(), clock, DayHeads(), self.kept)
        self.people = RedisPeople(client, "main", clock, ledger=streams.ledger(PEOPLE))
        self.rules = RedisRules(client, "main", streams.ledger(RULES))
        self.pins = RedisPins(client, "main", ledger=streams.ledger(PEOPLE))
        self._client, self._rights = client, streams.ledger(ADMINISTRATION)
        rights = self._rights
        self.sessions = RedisSessions(client, "main", ledger=rights)
        self.access = open_access(
            client, "main", clock,
            AccessOptions(records=rights, kiosk=KioskRecord, ledger=streams.ledger(AUDIT)),
        )  # fmt: skip
        self.channels = Channels(
            RedisRecords(client, "main", Channel, ledger=rights),
            RedisRecords(client, "main", NoticeRule, ledger=rights),
            Unsealed(), audit_log=self.access.audit, clock=clock, demand=lambda _: None,
        )  # fmt: skip
        self.offers = Offers(streams)

    def _aside(self, path: Path, name: str) -> None:
        path.rename(path.with_name(name))
        self.aside.append(name)

    def register(self, person_id: str = "ada") -> Person:
        return self.people.create(
            a_person(person_id, "Ada"), [a_template()], self.people.revision()
        )

    def records(self, kind: type[Any]) -> RedisRecords[Any]:
        return RedisRecords(self._client, "main", kind, ledger=self._rights)

    def ids(self) -> list[str]:
        return sorted(person.id for person in self.people.all())

    def offer(self) -> int:
        """Once nothing can be under way any more."""
        self.clock.advance(UNDER_WAY + 1)
        self.offers.look()
        return self.offers.offer()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def machine(redis_client: Client, tmp_path: Path, clock: FakeClock) -> Iterator[Machine]:
    made = Machine(redis_client, tmp_path / "one", clock)
    yield made
    made.kept.close()


@pytest.fixture
def other(redis_client: Client, tmp_path: Path, clock: FakeClock) -> Iterator[Machine]:
    made = Machine(redis_client, tmp_path / "other", clock)
    yield made
    made.kept.close()


def _remembered(client: Client) -> Callable[[], None]:
    """Puts Redis back to how it is now."""
    keys: Any = client.keys("*")
    stored: dict[bytes, Any] = {key: client.dump(key) for key in keys}

    def put_back() -> None:
        client.flushdb()
        for key, value in stored.items():
            client.restore(key.decode(), 0, value)

    return put_back


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


def test_a_file_that_cannot_be_written_to_is_said_in_words(
    tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "in-the-way").write_text("no folder")
    sealer = DataSealer(derived(["a secret of the tests, 32 long .."], "writes"))
    log = WriteLog(tmp_path / "in-the-way" / NAME, sealer, HOURS, lambda *_: None, clock)
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


def test_offered_twice_or_by_two_it_is_done_once(machine: Machine, redis_client: Client) -> None:
    lost = _remembered(redis_client)
    ada = machine.register()
    lost()
    assert machine.ids() == []
    assert (machine.offer(), machine.offer()) == (1, 0)
    assert machine.people.get(ada.subject) == ada
    assert redis_client.llen("chain:{main}:people") == 1


def test_an_erasure_by_another_machine_holds_although_both_were_lost(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    lost = _remembered(redis_client)
    ada = machine.register()
    other.people.delete(ada.subject)
    for one, two in ((machine, other), (other, machine)):
        lost()
        one.offer()  # whoever comes first
        two.offer()
        assert machine.ids() == []


def test_an_erasure_that_was_lost_is_done_again(machine: Machine, redis_client: Client) -> None:
    ada = machine.register()
    lost = _remembered(redis_client)
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
    lost = _remembered(redis_client)
    clock.advance(1)
    machine.people.update(replace(ada, name="Ada King"))
    machine.rules.put(Holiday("h", DAY, "King's day"))
    machine.rules.put(Holiday("other", DAY, "Another day"))
    lost()
    clock.advance(1)
    other.people.update(replace(ada, name="Ada Lovelace"))
    other.rules.put(Holiday("h", DAY, "Lovelace day"))
    assert machine.offer() == 1  # the other holiday
    (now,) = machine.people.all()
    assert now.name == "Ada Lovelace"
    holidays = {one.id: one.name for one in machine.rules.load().holidays}
    assert holidays == {"h": "Lovelace day", "other": "Another day"}


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


def test_a_damaged_file_is_set_aside_and_the_next_write_is_kept(
    redis_client: Client, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / NAME).write_bytes(b"this is no database" * 1000)
    machine = Machine(redis_client, tmp_path, clock)
    with closing(machine.kept):
        machine.register()
        clock.advance(UNDER_WAY + 1)
        assert len(machine.kept.ids(PEOPLE)) == 1
        assert [name.startswith("writes-") for name in machine.aside] == [True]


def test_a_damaged_write_costs_no_other_one(machine: Machine, redis_client: Client) -> None:
    lost = _remembered(redis_client)
    machine.register()
    machine.register("bob")
    with closing(sqlite3.connect(machine.path)) as file, file:
        file.execute("UPDATE writes SET content = substr(content, 1, 60) WHERE number = 1")
    lost()
    assert machine.offer() == 1
    assert machine.ids() == ["bob"]


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


# --- taken away while Redis has lost it: there is nothing to remove, and it must not come back

RECORDS = (
    Account(id="ada", role=Role.ADMIN),
    Device("door", digest="d"),
    Token("t1", "Payroll", "d", frozenset({Scope.PEOPLE_READ}), MORNING, "boss", MORNING),
    Factors(id="ada", totp="sealed"),
    Handle("h1", "ada"),
    Channel("c1", "Chat", ChannelKind.WEBHOOK, "sealed", "example.org", "boss", MORNING),
    NoticeRule("n1", "Late", frozenset(), frozenset({"c1"})),
    Camera("gate", "sealed", "rtsp://gate/1", "boss", MORNING),
    View("v1", "boss", "Overtime", "overtime", "person"),
)


def _gone_for_good(
    machine: Machine,
    other: Machine,
    redis_client: Client,
    *,
    make: Callable[[Machine], object],
    take: Callable[[Machine], object],
    there: Callable[[Machine], object],
) -> None:
    """``make`` on one machine, and while Redis has lost that ``take`` on this or on another."""
    for who in (machine, other):
        make(machine)
        assert there(machine)
        redis_client.flushdb()
        machine.clock.advance(1)
        take(who)
        machine.offer()
        assert not there(machine)
        for order in ((machine, other), (other, machine)):
            redis_client.flushdb()
            for one in order:
                one.offer()
            assert not there(machine)
        for one in (machine, other):
            one.kept.clear()
        redis_client.flushdb()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_that_is_removed_while_redis_has_lost_it_stays_removed(
    machine: Machine,
    other: Machine,
    redis_client: Client,
    record: Any,  # noqa: ANN401
) -> None:
    kind, said = type(record), []
    _gone_for_good(
        machine, other, redis_client,
        make=lambda one: one.records(kind).create(record),
        take=lambda one: said.append(one.records(kind).remove(record.id)),
        there=lambda one: one.records(kind).get(record.id),
    )  # fmt: skip
    assert said == [False, False]
    machine.records(kind).create(record)
    assert machine.records(kind).remove(record.id)


def _token(machine: Machine) -> Token:
    made, _ = machine.access.tokens.create("Old", frozenset({Scope.PEOPLE_READ}), 90, "boss")
    return made


TAKEN: dict[str, tuple[Callable[[Machine], str], Callable[[Machine, str], None]]] = {
    "token": (
        lambda machine: _token(machine).id,
        lambda machine, name: machine.access.tokens.revoke(name),
    ),
    "device": (
        lambda machine: machine.access.devices.link("door") and "door",
        lambda machine, name: machine.access.devices.remove(name),
    ),
    "channel": (
        lambda machine: (
            machine.channels.add("Chat", ChannelKind.WEBHOOK, "https://example.org/", "boss")[0].id
        ),
        lambda machine, name: machine.channels.remove(name),
    ),
}
"""By what is taken away, how an admin makes it and takes it away."""


@pytest.mark.parametrize("what", TAKEN)
def test_what_an_admin_takes_away_while_redis_has_lost_it_stays_away_and_is_told(
    machine: Machine, other: Machine, redis_client: Client, what: str
) -> None:
    make, take = TAKEN[what]
    name = make(machine)
    redis_client.flushdb()
    machine.clock.advance(1)
    take(other, name)
    machine.offer()
    found = [*machine.access.tokens.all(), *machine.access.devices.all(), *machine.channels.all()]
    assert found == []
    told = {entry.target for entry in machine.access.audit.newest(9)}
    assert what == "device" or f"({name})" in told  # of a kiosk its own record tells


def test_a_pin_that_is_removed_while_redis_has_lost_it_stays_removed(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    for who in (machine, other):
        ada = machine.register()
        machine.pins.put(ada.subject, "a hash")
        redis_client.flushdb()
        machine.clock.advance(1)
        assert who.pins.clear(ada.subject) is False
        machine.offer()
        assert machine.ids() == ["ada"]
        assert machine.pins.get(ada.subject) is None
        redis_client.flushdb()
        machine.offer()
        other.offer()
        assert machine.pins.get(ada.subject) is None
        machine.people.delete(ada.subject)


def test_only_a_pin_that_was_there_counts_as_removed(machine: Machine) -> None:
    ada = machine.register()
    assert machine.pins.clear(ada.subject) is False
    machine.pins.put(ada.subject, "a hash")
    assert machine.pins.clear(ada.subject) is True
    assert machine.pins.get(ada.subject) is None


def test_a_rule_that_is_removed_while_redis_has_lost_it_stays_removed(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    day, door = Holiday("h", DAY, "Founders' day"), KioskRecord("door", title="Front door")
    _gone_for_good(
        machine, other, redis_client,
        make=lambda one: one.rules.put(day, door),
        take=lambda one: one.rules.remove(day, door),
        there=lambda one: one.rules.stored(),
    )  # fmt: skip


def test_a_session_that_ends_while_redis_has_lost_it_ends_where_it_is_found_again(
    machine: Machine, redis_client: Client
) -> None:
    """By a failover to a server that still has it."""
    session = Session("ada", 0, MORNING)
    machine.sessions.put("digest", session, 3600.0)
    still_there = _remembered(redis_client)
    redis_client.flushdb()
    machine.sessions.drop("digest", "ada")
    still_there()
    assert machine.sessions.get("digest")
    machine.offer()
    assert machine.sessions.get("digest") is None
