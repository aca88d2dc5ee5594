"""A person's own key that Redis has lost comes back also where another one was made meanwhile:
what either has sealed opens, until the person is erased."""

from typing import Any

import pytest

from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action, AuditEntry, entry_of
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.chain.ledger import PEOPLE
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_keys import PersonKeys
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.picture_owners import OwnerGone, PictureOwners
from tests.integration.chain.write_machines import Machine, clock, machine
from tests.samples import a_person, a_template

__all__ = ["clock", "machine"]

_SECRET = "a secret of the tests, 32 long .."


class Office:
    """People and the audit log of a site that seals both, as ``machine`` keeps them."""

    def __init__(self, client: Client, machine: Machine) -> None:
        sealer = DataSealer(derived([_SECRET], "data"))
        own = PersonKeys(client, "main", sealer, machine.kept)
        self.pictures = PictureOwners(client, "main", own, sealer)
        ledger = machine.ledger(PEOPLE)
        self.people = RedisPeople(client, "main", machine.clock, sealer, ledger, own=own)
        self._audit = RedisAudit(client, "main", people=own)
        self._clock = machine.clock
        self._client, self._keys = client, keys.person_keys("main")

    def register(self) -> Person:
        return self.people.create(a_person("ada", "Ada"), [a_template()], self.people.revision())

    def tell(self, of: Person, what: str) -> None:
        now = self._clock.now()
        told = entry_of(now, Actor("boss", "user"), Action.EXPORTED, what, before={}, after={})
        self._audit.append(told, of.subject)

    def told(self) -> list[str]:
        """What of the audit log opens, oldest first."""
        return [entry.target for entry in reversed(self._newest())]

    def _newest(self) -> list[AuditEntry]:
        return self._audit.newest(9)

    def faces(self) -> int:
        return len(list(self.people.entries(a_template().info.contract)))

    def keys(self) -> set[bytes]:
        found: Any = self._client.hkeys(self._keys)
        return set(found)

    def lose_keys(self) -> dict[bytes, bytes]:
        found: Any = self._client.hgetall(self._keys)
        self._client.delete(self._keys)
        return dict(found)


@pytest.fixture
def office(redis_client: Client, machine: Machine) -> Office:
    return Office(redis_client, machine)


def _another_key_meanwhile(office: Office) -> Person:
    """Somebody's key is lost, and before it is back something is noted about them."""
    ada = office.register()
    office.tell(ada, "before")
    office.lose_keys()
    office.tell(ada, "meanwhile")
    return ada


def test_what_both_keys_have_sealed_opens_once_the_lost_one_is_back(
    office: Office, machine: Machine
) -> None:
    ada = _another_key_meanwhile(office)
    machine.offer()
    assert [one.name for one in office.people.all()] == ["Ada"]
    assert office.faces() == 1
    assert office.told() == ["before", "meanwhile"]
    office.tell(ada, "after")
    assert len(office.keys()) == 2
    assert office.told() == ["before", "meanwhile", "after"]


def test_a_picture_that_either_key_has_sealed_opens(office: Office, machine: Machine) -> None:
    ada = office.register()
    before = office.pictures.fresh(ada.subject).seal(b"before", "a picture")
    office.lose_keys()
    meanwhile = office.pictures.fresh(ada.subject).seal(b"meanwhile", "a picture")
    machine.offer()
    opens = office.pictures.fresh(ada.subject)
    assert opens.open_own(before, "a picture") == b"before"
    assert opens.open_own(meanwhile, "a picture") == b"meanwhile"
    office.people.delete(ada.subject)
    with pytest.raises(OwnerGone):
        office.pictures.fresh(ada.subject)


def test_what_is_noted_of_somebody_whom_redis_has_just_lost_can_be_read_when_they_are_back(
    redis_client: Client, office: Office, machine: Machine
) -> None:
    ada = office.register()
    redis_client.flushdb()
    office.tell(ada, "meanwhile")
    machine.offer()
    assert office.told() == ["meanwhile"]
    redis_client.flushdb()
    office.people.delete(ada.subject)
    office.tell(ada, "when they are erased")
    assert office.told() == ["(erased)"]


def test_both_come_back_where_both_were_lost(office: Office, machine: Machine) -> None:
    _another_key_meanwhile(office)
    machine.offer()
    both = office.lose_keys()
    machine.offer()
    assert office.keys() == set(both)
    assert office.told() == ["before", "meanwhile"]


def test_erasing_destroys_every_key_that_a_person_has_had(
    office: Office, machine: Machine
) -> None:
    ada = _another_key_meanwhile(office)
    machine.offer()
    office.people.delete(ada.subject)
    assert office.keys() == set()
    machine.offer()
    assert office.keys() == set()
    assert all(one.startswith("(erased) ") for one in office.told())


def test_a_lost_key_of_somebody_erased_meanwhile_stays_away(
    office: Office, machine: Machine
) -> None:
    ada = _another_key_meanwhile(office)
    office.people.delete(ada.subject)
    machine.offer()
    assert office.keys() == set()


def test_who_is_changed_while_their_key_is_lost_stays_whole(
    redis_client: Client, machine: Machine, office: Office
) -> None:
    """A record of before there was a DATA_KEY opens without it."""
    plain = PersonKeys(redis_client, "main", None, machine.kept)
    ada = machine.register()
    assert plain.of(ada.subject) is not None
    office.lose_keys()
    office.tell(ada, "meanwhile")
    changed = office.people.put_templates(
        ada.subject, [a_template()], ada.version, office.people.revision()
    )
    machine.offer()
    assert [one.name for one in office.people.all()] == ["Ada"]
    assert office.faces() == 1
    assert len(office.keys()) == 2
    office.people.delete(changed.subject)
    assert office.keys() == set()
