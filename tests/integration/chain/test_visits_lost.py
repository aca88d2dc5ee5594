"""Visits that Redis loses come back as they were confirmed; one that is erased does not, and no
machine keeps anything of it."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from face_rec.domain.errors import JournalError
from face_rec.invitations.invitation import SelfEnrolment
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.ledger import ADMINISTRATION
from face_rec.stores.chain.linked_hashes import LinkedHashes
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.newest_entries import NewestEntries
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_records import AdministrationRecords
from face_rec.visitors.visit import Guest, Visit
from face_rec.visitors.visit_records import VisitRecords
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import Machine, clock, machine, other, remembered

__all__ = ["clock", "machine", "other"]

NAME = "Zaphod Quartzfeldt"
LATER = MORNING + timedelta(hours=1)


def _book(machine: Machine) -> VisitRecords:
    return VisitRecords(machine.records(Visit), Unsealed())


def _announced(machine: Machine, name: str = "visit-1", host: str = "host") -> Visit:
    book = _book(machine)
    guest = book.sealed(name, Guest(NAME))
    made = Visit(name, host, MORNING, MORNING + timedelta(hours=8), "max", MORNING, guest)
    assert book.visits.create(made)
    return made


def _came(machine: Machine) -> None:
    _book(machine).change("visit-1", lambda one: replace(one, agreed_at=LATER, came_at=LATER))


def _left(machine: Machine) -> None:
    _book(machine).change("visit-1", lambda one: replace(one, left_at=LATER))


def _kept_of(machine: Machine, text: str) -> int:
    """How many of the writes that are kept say ``text``, opened; also as a record of a visit has
    the name."""
    found = (text.encode(), base64.b64encode(f'["{text}"'.encode()))
    return sum(any(needle in one for needle in found) for one in machine.said())


def test_a_visit_is_there_again_as_it_was_last_confirmed(
    machine: Machine, redis_client: Client
) -> None:
    _announced(machine)
    put_back = remembered(redis_client)
    _came(machine)
    _left(machine)
    (told,) = _book(machine).visits.all()
    for lose in (put_back, redis_client.flushdb, put_back):
        lose()
        machine.offer()
        assert _book(machine).visits.all() == [told]
    assert _book(machine).guest(told).name == NAME


def test_who_was_checked_in_by_another_machine_is_here_though_the_first_one_is_gone(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    _announced(machine)
    _came(other)
    redis_client.flushdb()
    other.offer()
    (back,) = _book(other).visits.all()
    assert (back.came_at, _book(other).guest(back).name) == (LATER, NAME)
    machine.offer()  # its machine is back
    assert _book(other).visits.all() == [back]
    assert len(redis_client.lrange(machine.ledger(ADMINISTRATION).list_key, 0, -1)) == 2


def test_what_was_sent_twice_when_it_was_brought_back_is_kept_still(
    machine: Machine, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost, and to the second one it was there already (chaos, ROW=nothing
    SEED=991): it passed for overtaken, and went with the next loss."""
    _announced(machine)
    redis_client.flushdb()
    sent = Linking.run

    def twice(self: Linking, client: Client, link: Sequence[Any]) -> Any:  # noqa: ANN401
        sent(self, client, link)
        return sent(self, client, link)

    with monkeypatch.context() as patch:
        patch.setattr(Linking, "run", twice)
        machine.offer()
    redis_client.flushdb()
    machine.offer()
    assert [one.id for one in _book(machine).visits.all()] == ["visit-1"]


def test_a_change_over_one_that_redis_had_lost_stands_where_it_loses_both(
    machine: Machine, redis_client: Client
) -> None:
    _announced(machine)
    put_back = remembered(redis_client)
    _came(machine)
    put_back()
    _book(machine).change("visit-1", lambda one: replace(one, until=LATER))
    put_back()
    machine.offer()
    (back,) = _book(machine).visits.all()
    assert back.until == LATER


def test_a_visit_that_is_erased_comes_back_from_no_machine_and_is_kept_on_none(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    _announced(machine)
    _came(other)  # and then it is off
    assert _kept_of(machine, NAME) == 1
    assert _kept_of(other, NAME) == 1
    put_back = remembered(redis_client)
    assert machine.records(Visit).remove("visit-1")
    assert _kept_of(machine, NAME) == 0
    for lose in (put_back, redis_client.flushdb):
        lose()
        for order in ((machine, other), (other, machine)):
            for one in order:
                one.offer()
        assert _book(machine).visits.all() == []
    assert _kept_of(other, NAME) == 0


def test_a_machine_that_was_off_forgets_what_was_erased_before_it_offers_anything(
    machine: Machine, other: Machine
) -> None:
    _announced(other)
    other.records(SelfEnrolment).create(
        SelfEnrolment("e", "i", "", MORNING, NAME, "1", "en", MORNING)
    )
    assert _kept_of(other, NAME) == 2
    machine.records(Visit).remove("visit-1")
    machine.records(SelfEnrolment).remove("e")
    size = other.path.with_name(other.path.name + "-wal").stat().st_size
    other.offers.look()
    assert (_kept_of(other, NAME), size > 0) == (0, True)
    assert other.path.with_name(other.path.name + "-wal").stat().st_size == 0


def test_a_removal_counts_whatever_the_clock_of_the_machine_said(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    _announced(machine)
    other.clock.advance(-7200)
    other.records(Visit).remove("visit-1")
    machine.clock.advance(7200)
    redis_client.flushdb()
    other.offer()
    machine.offer()
    assert _book(machine).visits.all() == []


def test_what_was_removed_bars_what_was_kept_later_by_a_clock_that_is_ahead(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    """Where a removal comes in while something is being offered."""
    other.records(Visit).remove("visit-1")
    machine.clock.advance(7200)
    _announced(machine)
    newest = NewestEntries(redis_client, machine.ledger(ADMINISTRATION), 0.0, {})
    newest.read()
    write = machine.kept.read(1)
    assert write is not None
    assert newest.bars(write) == "erased"


def test_of_a_host_who_is_erased_nothing_is_kept_and_the_visit_comes_back_without_them(
    machine: Machine, other: Machine, redis_client: Client
) -> None:
    host = machine.register()
    _announced(other, host=host.subject)
    _came(machine)
    assert _book(machine).forget_host(host.subject) == 1
    machine.people.delete(host.subject)
    other.offers.look()
    assert _kept_of(other, host.subject) == 0
    assert _kept_of(machine, host.subject) == 1, "the erasure itself"
    redis_client.flushdb()
    other.offer()
    machine.offer()
    (back,) = _book(machine).visits.all()
    assert (back.host, back.came_at) == ("", LATER)


def test_what_the_disk_does_not_take_is_not_confirmed_and_an_erasure_is_done_all_the_same(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _announced(machine)

    def full(_: WriteLog, write: KeptWrite, about: object = ()) -> None:
        raise JournalError("No space left on device")

    monkeypatch.setattr(WriteLog, "put", full)
    with pytest.raises(JournalError):
        _came(machine)
    (stands,) = _book(machine).visits.all()
    assert stands.came_at is None
    assert machine.records(Visit).remove("visit-1")
    assert _book(machine).visits.all() == []


def test_visits_that_an_older_version_wrote_or_writes_beside_this_one_look_forged_to_nobody(
    machine: Machine, redis_client: Client
) -> None:
    older = RedisRecords(redis_client, "main", Visit)
    ledger = machine.ledger(ADMINISTRATION)
    check = AdministrationRecords(LinkedHashes(redis_client, "main", ledger), ledger)
    until = MORNING + timedelta(hours=8)
    for number in (1, 2, 3):
        older.create(Visit(f"visit-{number}", "", MORNING, until, "max", MORNING))
    check.begin()
    assert check.findings() == []
    first = older.update(machine.records(Visit).update(_stands(machine, "visit-1")))
    assert older.remove("visit-2")
    assert machine.records(Visit).remove("visit-3")
    assert check.findings() == []
    redis_client.flushdb()
    machine.offer()
    assert [one.version for one in machine.records(Visit).all()] == [first.version - 1]
    assert check.findings() == []


def _stands(machine: Machine, name: str) -> Visit:
    found: Visit | None = machine.records(Visit).get(name)
    assert found is not None
    return found
