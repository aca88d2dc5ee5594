"""A machine enters what it finds where Redis has lost its lists, and others bring theirs back
after that: what it has entered is no change of anything."""

from datetime import timedelta

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.rights import Role
from face_rec.attendance.rules.calendar import Holiday
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.chain import newest_entries
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, RULES, Streams
from face_rec.stores.chain.linked_hashes import LinkedHashes
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.write_log import UNDER_WAY
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.lua import Argument
from face_rec.stores.verify.chain_records import AdministrationRecords, AuditRecords, RuleRecords
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import DAY, Machine, clock, machine, other, remembered
from tests.samples import a_chain

__all__ = ["clock", "machine", "other"]

FIRST, SECOND = Holiday("pi", DAY, "First"), Holiday("pi", DAY, "Second")


def _wrong(client: Client, machine: Machine) -> list[str]:
    """What the chain's check says of rules, the audit log and what administrators set."""
    rights, audit = machine.ledger(ADMINISTRATION), machine.ledger(AUDIT)
    records = (
        RuleRecords(machine.rules, machine.ledger(RULES)),
        AuditRecords(RedisAudit(client, "main", audit), audit),
        AdministrationRecords(LinkedHashes(client, "main", rights), rights),
    )
    return [one.sentence() for each in records for one in each.findings()]


def _begin(client: Client, machine: Machine) -> None:
    machine.rules.begin()
    RedisAudit(client, "main", machine.ledger(AUDIT)).begin()
    LinkedHashes(client, "main", machine.ledger(ADMINISTRATION)).begin()


def _holidays(machine: Machine) -> list[str]:
    return [one.name for one in machine.rules.load().holidays]


@pytest.mark.parametrize("begun_first", [True, False], ids=["before", "after"])
def test_what_it_found_comes_back_from_who_wrote_it(
    redis_client: Client, machine: Machine, other: Machine, begun_first: bool
) -> None:
    other.rules.put(FIRST)
    other.access.audit.record(Action.SIGN_IN, "eve")
    other.records(Account).create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    machine.clock.advance(1)
    _begin(redis_client, machine)
    redis_client.flushdb()
    for one in (machine, other) if begun_first else (other, machine):
        one.offer()
    assert _holidays(machine) == ["First"]
    assert [entry.target for entry in machine.access.audit.newest(9)] == ["eve"]
    assert [account.id for account in machine.records(Account).all()] == ["eve"]
    for one in (machine, other):
        one.offer()
    assert _wrong(redis_client, machine) == []


@pytest.mark.parametrize("begun_first", [True, False], ids=["before", "after"])
def test_a_change_that_was_not_back_yet_comes_back_all_the_same(
    redis_client: Client, machine: Machine, other: Machine, begun_first: bool
) -> None:
    """The other one brings back its changes one by one, and in between they are entered."""
    other.rules.put(FIRST)
    other.clock.advance(UNDER_WAY + 1)
    other.rules.put(SECOND)
    redis_client.flushdb()
    other.clock.advance(1)
    other.offers.offer()
    assert _holidays(other) == ["First"]  # the second may be under way still
    _begin(redis_client, machine)
    other.offer()
    assert _holidays(other) == ["Second"]
    redis_client.flushdb()
    for one in (machine, other) if begun_first else (other, machine):
        one.offer()
    assert _holidays(other) == ["Second"]
    assert _wrong(redis_client, machine) == []


def test_what_nobody_brings_back_is_said_to_be_missing(
    redis_client: Client, machine: Machine, other: Machine
) -> None:
    other.rules.put(FIRST)
    _begin(redis_client, machine)
    redis_client.flushdb()
    machine.offer()
    (said,) = _wrong(redis_client, machine)
    assert "lost. The rule is lost: the database has forgotten it" in said
    machine.rules.put(FIRST)
    redis_client.delete(keys.rule("main", "holidays"))
    (said,) = _wrong(redis_client, machine)
    assert "removed. The rule was removed by another program" in said


def test_what_another_server_has_that_answers_meanwhile_is_not_done_again(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked for in the list of one that did not have it."""
    others = Streams(redis_client, a_chain(), machine.clock)
    machine.access.audit.record(Action.SIGN_IN, "ours")
    for _ in range(4):
        others.ledger(AUDIT).write({})
    put_back = remembered(redis_client)
    redis_client.flushdb()
    for _ in range(3):
        others.ledger(AUDIT).write({})
    run = Linking.run

    def failover(self: Linking, client: Client, link: list[Argument]) -> object:
        monkeypatch.undo()
        put_back()
        return run(self, client, link)

    monkeypatch.setattr(Linking, "run", failover)
    assert machine.offer() == 0
    assert [entry.target for entry in machine.access.audit.newest(9)] == ["ours"]


def test_what_is_there_behind_older_entries_that_came_back_is_not_done_again(
    redis_client: Client, machine: Machine, other: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand behind newer ones, and are older than all that this machine keeps."""
    monkeypatch.setattr(newest_entries, "_AT_ONCE", 2)
    for number in range(3):
        other.access.audit.record(Action.SIGN_IN, f"old{number}")
    redis_client.flushdb()
    machine.clock.advance(timedelta(hours=30).total_seconds())
    machine.access.audit.record(Action.SIGN_IN, "new")
    other.offer()
    machine.offer()
    told = [entry.target for entry in machine.access.audit.newest(9)]
    assert told == ["old2", "old1", "old0", "new"]
