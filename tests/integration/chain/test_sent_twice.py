"""A write whose answer was lost is sent again by the client of Redis: it was done, once, and
whoever asked for it is told so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.rights import Role
from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.strangers import Decision, Standing, Stranger
from face_rec.stores.chain.ledger import STREAMS, Streams
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.statements import statements_in
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.lua import Argument
from face_rec.strangers.storage import Change
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import DAY, Machine, clock, machine
from tests.samples import a_chain

__all__ = ["clock", "machine"]


@contextmanager
def _sent_twice(others: Streams, count: int) -> Iterator[None]:
    """With so many entries of others in each list between the two."""
    run = Linking.run

    def again(self: Linking, client: Client, link: list[Argument]) -> object:
        run(self, client, link)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Linking, "run", run)
            for name in STREAMS * count:
                others.ledger(name).write({})
        return run(self, client, link)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Linking, "run", again)
        yield


def _account(machine: Machine) -> None:
    accounts = machine.records(Account)
    assert accounts.create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    (eve,) = accounts.all()
    assert accounts.update(replace(eve, role=Role.MANAGER)).version == 2
    assert accounts.remove("eve")
    assert accounts.all() == []


def _person(machine: Machine) -> None:
    ada = machine.register()
    assert machine.people.update(replace(ada, name="Anna")).version == 2
    assert machine.pins.put(ada.subject, "hash")
    assert machine.pins.clear(ada.subject)
    machine.people.delete(ada.subject)
    assert machine.ids() == []


def _rules_and_options(machine: Machine) -> None:
    machine.rules.put(Holiday("h", DAY, "Fair"), seen=machine.rules.load().version)
    assert machine.options.save({"title": "School"}, 0)
    assert machine.options.load().version == 1


def _decision(machine: Machine) -> None:
    strangers = machine.strangers()
    unknown = Stranger("s", "c", MORNING, MORNING, "door", 1, ("door",), (), Decision())
    strangers.write(Change(put=(unknown,)))
    strangers.decide(strangers.many(["s"])["s"], Decision(Standing.DISMISSED, "boss", MORNING))


@pytest.mark.parametrize("others", [0, 20])
@pytest.mark.parametrize("does", [_account, _person, _rules_and_options, _decision])
def test_it_was_done_once_and_is_kept(
    redis_client: Client, machine: Machine, does: Callable[[Machine], None], others: int
) -> None:
    with _sent_twice(Streams(redis_client, a_chain(), machine.clock), others):
        does(machine)
    before = _told(redis_client)
    assert len(before) == len(set(before))
    assert machine.offer() == 0
    redis_client.flushdb()
    machine.offer()
    kept = machine.kept
    ours = [one for name in STREAMS for one in kept.ids(name)]
    assert sorted(_told(redis_client)) == sorted(ours)
    assert len(ours) == len(before) if not others else set(ours) < set(before)


def test_what_is_brought_back_is_entered_once(redis_client: Client, machine: Machine) -> None:
    accounts = machine.records(Account)
    accounts.create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    (eve,) = accounts.all()
    accounts.update(replace(eve, role=Role.MANAGER))
    machine.pins.put(machine.register().subject, "hash")
    _rules_and_options(machine)
    before = _told(redis_client)
    redis_client.flushdb()
    with _sent_twice(Streams(redis_client, a_chain(), machine.clock), 0):
        machine.offer()
    assert sorted(_told(redis_client)) == sorted(before)


def _told(client: Client) -> list[str]:
    return [one.id for name in STREAMS for one in statements_in(client, keys.chain("main", name))]
