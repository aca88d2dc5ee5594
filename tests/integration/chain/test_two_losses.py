"""Redis loses a change, the same record is changed before it is back, and Redis loses both."""

from dataclasses import replace

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.rights import Role
from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.people import Person
from face_rec.stores.chain.write_log import UNDER_WAY
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.chain.write_machines import DAY, Machine, clock, machine, other, remembered

__all__ = ["clock", "machine", "other"]


def _renamed(machine: Machine, ada: Person, name: str) -> Person:
    return machine.people.update(replace(ada, name=name))


def _names(machine: Machine) -> list[str]:
    return [one.name for one in machine.people.all()]


def test_the_later_change_of_a_person_stands(redis_client: Client, machine: Machine) -> None:
    ada = machine.register()
    put_back = remembered(redis_client)
    _renamed(machine, ada, "First")
    put_back()
    _renamed(machine, ada, "Second")
    put_back()
    machine.offer()
    (back,) = machine.people.all()
    assert (back.name, back.version) == ("Second", 3)
    assert _renamed(machine, back, "Third").version == 4


def test_it_stands_also_where_the_earlier_one_was_back_before_it(
    redis_client: Client, machine: Machine
) -> None:
    """The later one may have been on its way still when the earlier one was offered."""
    ada = machine.register()
    put_back = remembered(redis_client)
    _renamed(machine, ada, "First")
    put_back()
    machine.clock.advance(UNDER_WAY - 1)
    _renamed(machine, ada, "Second")
    put_back()
    machine.clock.advance(2)
    machine.offers.offer()
    assert _names(machine) == ["First"]
    machine.offer()
    assert _names(machine) == ["Second"]
    redis_client.flushdb()
    machine.offer()
    assert _names(machine) == ["Second"]


def test_the_later_change_of_an_account_stands(redis_client: Client, machine: Machine) -> None:
    accounts = machine.records(Account)
    accounts.create(Account(id="eve", role=Role.ADMIN, created_at=MORNING))
    (eve,) = accounts.all()
    put_back = remembered(redis_client)
    accounts.update(replace(eve, role=Role.MANAGER))
    put_back()
    accounts.update(replace(eve, active=False))
    put_back()
    machine.offer()
    (back,) = accounts.all()
    assert (back.active, back.role) == (False, Role.ADMIN)
    accounts.update(replace(back, role=Role.KIOSK))


def test_the_later_of_two_accounts_of_one_name_stands(
    redis_client: Client, machine: Machine
) -> None:
    accounts = machine.records(Account)
    for role in (Role.ADMIN, Role.KIOSK):
        accounts.create(Account(id="eve", role=role, created_at=MORNING))
        redis_client.flushdb()
    machine.offer()
    assert [one.role for one in accounts.all()] == [Role.KIOSK]


def test_what_another_machine_has_changed_meanwhile_is_not_written_over(
    redis_client: Client, machine: Machine, other: Machine
) -> None:
    ada = machine.register()
    put_back = remembered(redis_client)
    _renamed(machine, ada, "Mine")
    put_back()
    machine.clock.advance(-1)  # its clock is behind, of which this one knows nothing
    _renamed(other, ada, "Theirs")
    machine.clock.advance(60)
    machine.offer()
    assert _names(machine) == ["Theirs"]


@pytest.mark.parametrize("mine_first", [True, False])
def test_of_changes_of_two_machines_that_were_both_lost_the_later_one_stands(
    redis_client: Client, machine: Machine, other: Machine, mine_first: bool
) -> None:
    ada = machine.register()
    put_back = remembered(redis_client)
    _renamed(machine, ada, "Mine")
    put_back()
    machine.clock.advance(1)
    _renamed(other, ada, "Theirs")
    put_back()
    for one in (machine, other) if mine_first else (other, machine):
        one.offer()
    assert _names(machine) == ["Theirs"]


def test_of_rules_that_were_saved_at_once_those_come_back_that_nobody_has_changed(
    redis_client: Client, machine: Machine
) -> None:
    machine.rules.put(Holiday("pi", DAY, "Pi"), Holiday("tau", DAY, "Tau"))
    redis_client.flushdb()
    machine.rules.remove(Holiday("pi", DAY, "Pi"))
    machine.offer()
    assert [one.name for one in machine.rules.load().holidays] == ["Tau"]
    redis_client.flushdb()
    machine.offer()
    assert [one.name for one in machine.rules.load().holidays] == ["Tau"]


def test_what_was_chosen_while_an_earlier_choice_was_lost_stands_beside_it(
    redis_client: Client, machine: Machine
) -> None:
    machine.options.save({"welcome": "Hello"}, 0)
    redis_client.flushdb()
    machine.options.save({"title": "School"}, 0)
    machine.offer()
    chosen = machine.options.load()
    assert chosen.values == {"welcome": "Hello", "title": "School"}
    assert machine.options.save({"title": "School"}, chosen.version)
    redis_client.flushdb()
    machine.offer()
    assert machine.options.load().values == {"title": "School"}


@pytest.mark.parametrize("mine_first", [True, False])
def test_an_option_that_another_machine_has_chosen_after_it_was_taken_back_stands(
    redis_client: Client, machine: Machine, other: Machine, mine_first: bool
) -> None:
    machine.options.save({"title": "Mine"}, 0)
    machine.clock.advance(1)
    machine.options.save({}, 1)
    machine.clock.advance(1)
    other.options.save({"title": "Theirs"}, 2)
    redis_client.flushdb()
    for one in (machine, other) if mine_first else (other, machine):
        one.offer()
    assert machine.options.load().values == {"title": "Theirs"}
