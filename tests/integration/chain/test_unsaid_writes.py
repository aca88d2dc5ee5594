"""A change that Redis took, and of which nobody was told, because the answer was lost: what is
built on it and confirmed comes back without it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Role
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.domain.marks import Source
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_keys import PersonKeys
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import Machine, clock, machine, other
from tests.samples import a_chain, an_event

__all__ = ["clock", "machine", "other"]


class _AnswerLost:
    """Redis does what it is asked (``taken``), and the line is cut before it says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, taken: bool = True) -> None:
        self._patch, self._taken = monkeypatch, taken

    def __enter__(self) -> None:
        run, taken = Linking.run, self._taken

        def cut(self: Linking, client: Client, link: object) -> None:
            if taken:
                run(self, client, link)  # type: ignore[arg-type]
            raise StoreUnavailable("the line was cut")

        self._patch.setattr(Linking, "run", cut)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def _renamed(machine: Machine, ada: Person, name: str) -> Person:
    return machine.people.update(replace(ada, name=name))


def test_a_person_is_what_was_confirmed_last(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = machine.register()
    with _AnswerLost(monkeypatch), pytest.raises(StoreUnavailable):
        _renamed(machine, ada, "Untold")
    (untold,) = machine.people.all()
    told = _renamed(machine, untold, "Told")
    redis_client.flushdb()
    machine.offer()
    (back,) = machine.people.all()
    assert (back.name, back.version) == ("Told", told.version)
    assert _renamed(machine, back, "Later").version == told.version + 1


def test_an_account_is_what_was_confirmed_last(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = machine.records(Account)
    accounts.create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    (eve,) = accounts.all()
    with _AnswerLost(monkeypatch), pytest.raises(StoreUnavailable):
        accounts.update(replace(eve, role=Role.MANAGER))
    (untold,) = accounts.all()
    accounts.update(replace(untold, active=False))
    redis_client.flushdb()
    machine.offer()
    (back,) = accounts.all()
    assert (back.active, back.role) == (False, Role.MANAGER)


def _refused(*_: object) -> None:
    raise JournalError("no room")


def _promoted(machine: Machine, eve: Account) -> None:
    machine.records(Account).update(replace(eve, role=Role.MANAGER))


def _removed(machine: Machine, eve: Account) -> None:
    machine.records(Account).remove(eve.id)


@pytest.mark.parametrize(
    ("change", "full"), [(_promoted, False), (_removed, False), (_removed, True)]
)
def test_a_list_is_as_long_as_a_witness_may_have_seen_it_though_no_answer_came(
    redis_client: Client,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Machine, Account], None],
    full: bool,
) -> None:
    """Else it read as cut off for good, once Redis had lost it. What nobody was told of is not
    done, and of what it said nothing stays on the disk."""
    accounts, told = machine.records(Account), keys.chain("main", ADMINISTRATION)
    accounts.create(eve := Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    with monkeypatch.context() as patch, _AnswerLost(monkeypatch):
        if full:
            patch.setattr(WriteLog, "put", _refused)
        with pytest.raises(StoreUnavailable):
            change(machine, replace(eve, version=1))
    machine.offers.look()  # there is room again
    seen, kept = redis_client.llen(told), len(machine.said())
    for _ in range(2):
        redis_client.flushdb()
        machine.offer()
        assert redis_client.llen(told) == seen
        assert [one.role for one in accounts.all()] == [Role.ADMIN]
        assert not any(b"manager" in one for one in machine.said())
    assert len(machine.said()) == kept


def test_of_a_change_that_redis_did_not_take_nothing_is_heard_without_a_loss(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, told = machine.records(Account), keys.chain("main", ADMINISTRATION)
    accounts.create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    (eve,) = accounts.all()
    with _AnswerLost(monkeypatch, taken=False), pytest.raises(StoreUnavailable):
        _promoted(machine, eve)
    _promoted(machine, eve)
    assert machine.offer() == 1, "that there was something is all that is said"
    assert redis_client.llen(told) == 3
    assert [one.role for one in accounts.all()] == [Role.MANAGER]


@pytest.mark.parametrize("taken", [True, False])
def test_what_the_audit_log_was_to_tell_of_is_in_it_once_though_no_answer_came(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    with _AnswerLost(monkeypatch, taken=taken):
        machine.access.audit.record(Action.SIGN_OUT, "eve")
    for _ in range(2):
        machine.offer()
        assert [one.target for one in machine.access.audit.newest(10)] == ["eve"]
        redis_client.flushdb()


def test_what_is_corrected_stands_in_the_audit_log_though_no_answer_came(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = RedisAttendance(redis_client, "main", chain=a_chain())
    writer = AuditedMarks(marks, machine.access.audit)
    by_hand = replace(an_event("c", "s1"), source=Source.MANUAL, author="boss", reason="late")
    with _AnswerLost(monkeypatch, taken=False):
        writer.apply(by_hand, 0.0, replay=True)
    assert marks.day(by_hand.utc_day) == [by_hand]
    for _ in range(2):
        machine.offer()
        assert [one.action for one in machine.access.audit.newest(10)] == [Action.CORRECTED]


@pytest.mark.parametrize("taken", [True, False])
def test_that_another_mark_stands_for_one_is_noted_once_though_no_answer_came(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    """The replay comes again until it is noted."""
    marks = RedisAttendance(redis_client, "main", chain=a_chain())
    writer = AuditedMarks(marks, machine.access.audit)
    first, near = an_event("a", "s1"), an_event("b", "s1", 10)
    writer.apply(first, 60.0)
    with _AnswerLost(monkeypatch, taken=taken), pytest.raises(StoreUnavailable):
        writer.apply(near, 60.0, replay=True)
    assert marks.missing([near]) == [near]
    writer.apply(near, 60.0, replay=True)
    assert marks.missing([near]) == []
    machine.offer()
    assert [one.action for one in machine.access.audit.newest(10)] == [Action.MARK_REPEATED]


def test_what_the_audit_log_did_not_take_is_in_it_within_an_hour(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line was cut for a moment: nothing is lost that would be looked for."""
    machine.offers.look()
    with _AnswerLost(monkeypatch, taken=False):
        machine.access.audit.record(Action.SIGN_OUT, "eve")
    for _ in range(2):
        machine.clock.advance(3601)
        machine.offers.look()
        assert [one.target for one in machine.access.audit.newest(10)] == ["eve"]


@pytest.mark.parametrize("known", [True, False])
def test_what_is_told_of_somebody_while_redis_is_away_can_be_read_until_they_are_erased(
    redis_client: Client, machine: Machine, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """It is sealed with their own key, if this machine keeps it, or with another one beside it."""
    own = PersonKeys(redis_client, "main", kept=machine.kept)
    log = AuditLog(RedisAudit(redis_client, "main", machine.ledger(AUDIT), own), machine.clock)
    ada = machine.register()
    if known:
        assert own.of(ada.subject)
    machine.offers.look()

    def away(*_: object) -> None:
        raise StoreUnavailable("the line was cut")

    with _AnswerLost(monkeypatch, taken=False):
        monkeypatch.setattr(PersonKeys, "all_of", away)
        log.record(Action.PERSON_EDITED, "ada", about=ada.subject)
    machine.clock.advance(3601)
    machine.offers.look()
    assert [one.target for one in log.newest(10)] == ["ada"]
    people = RedisPeople(redis_client, "main", machine.clock, ledger=machine.ledger(PEOPLE))
    people.delete(ada.subject)
    machine.offer()
    assert [one.target for one in log.newest(10)] != ["ada"]


def test_who_knows_less_does_not_write_over_what_is_newer(
    redis_client: Client, machine: Machine, other: Machine
) -> None:
    ada = machine.register()
    first = _renamed(machine, ada, "First")
    redis_client.flushdb()
    machine.offer()
    machine.clock.advance(60)
    (back,) = other.people.all()
    assert back.version == first.version
    _renamed(other, back, "Second")
    machine.offer()
    assert [one.name for one in machine.people.all()] == ["Second"]
