"""What was taken away while Redis had lost it: nothing is there to remove, and it stays away."""

from collections.abc import Callable
from typing import Any

import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device
from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.rights import Role, Scope
from face_rec.access.signin.own_links import OwnLink
from face_rec.access.signin.session import Session
from face_rec.access.signin.visitor import Visitor
from face_rec.attendance.explore.view import View
from face_rec.attendance.rules.calendar import Holiday
from face_rec.cameras.camera import Camera
from face_rec.domain.errors import LinkInvalid
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.stores.access.sessions import RedisOnce
from face_rec.stores.chain.ledger import ADMINISTRATION
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.gate_app import PASSWORD
from tests.integration.chain.write_machines import DAY, Machine, clock, machine, other, remembered

__all__ = ["clock", "machine", "other"]


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
    still_there = remembered(redis_client)
    redis_client.flushdb()
    machine.sessions.drop("digest", "ada")
    still_there()
    assert machine.sessions.get("digest")
    machine.offer()
    assert machine.sessions.get("digest") is None


@pytest.mark.usefixtures("cheap_passwords")
def test_who_is_signed_out_everywhere_stays_so_where_redis_loses_it(
    machine: Machine, redis_client: Client
) -> None:
    machine.access.accounts.create("boss", PASSWORD, Role.ADMIN)
    sign_in = machine.access.sign_in
    here, there = (sign_in.sign_in("boss", PASSWORD, Visitor("127.0.0.1")) for _ in range(2))
    signed_in = remembered(redis_client)
    sign_in.sign_out_everywhere("boss")
    signed_in()
    assert sign_in.session_of(here.secret, used=False)
    machine.offer()
    for one in (here, there):
        assert sign_in.session_of(one.secret, used=False) is None


def test_a_link_that_was_used_stays_used_where_redis_loses_it(
    machine: Machine, redis_client: Client
) -> None:
    machine.access.devices.link("door")
    links = RedisOnce(redis_client, "main", OwnLink, machine.ledger(ADMINISTRATION))
    links.put("place", OwnLink("ada", "digest", "boss", MORNING), 3600.0)
    secret = machine.access.devices.link("door")
    put_back = remembered(redis_client)
    assert links.take("place")
    machine.access.devices.enrol(secret, "127.0.0.1")
    put_back()
    assert links.peek("place")
    assert machine.access.devices.linked(secret, "127.0.0.1")
    machine.offer()
    assert links.peek("place") is None
    with pytest.raises(LinkInvalid):
        machine.access.devices.linked(secret, "127.0.0.1")
    assert links.take("place") is None
