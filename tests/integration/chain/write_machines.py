"""Machines that keep what was written to one Redis, which can lose it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.assembly.storage.stores import open_invitation_records
from face_rec.domain.people import Person
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.notices.channel import Channel, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.access.sessions import RedisSessions
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, RULES, Streams
from face_rec.stores.chain.links import DayHeads
from face_rec.stores.chain.offers import Offers
from face_rec.stores.chain.write_log import NAME, UNDER_WAY, WriteLog
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.journal.writes_aside import WritesAside
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.strangers.stranger_store import RedisStrangers
from tests.fakes.clock import FakeClock
from tests.samples import a_chain, a_person, a_template

DAY = date(2025, 3, 12)
HOURS = 72 * 3600.0


class Machine:
    """One that writes, with a disk of its own and the clock of all."""

    def __init__(self, client: Client, folder: Path, clock: FakeClock) -> None:
        sealer = DataSealer(derived(["a secret of the tests, 32 long .."], "writes"))
        self.clock = clock
        self.path = folder / NAME
        self.aside = Quarantine(folder / "quarantine")
        aside = WritesAside(self.aside, clock.uptime)
        self.kept = WriteLog(
            self.path, sealer, HOURS, aside, operating_time=clock.uptime, clock=clock
        )
        streams = Streams(client, a_chain(), clock, DayHeads(), self.kept)
        self.ledger = streams.ledger
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
        self.options = RedisOptions(client, "main", rights)
        self.channels = Channels(
            RedisRecords(client, "main", Channel, ledger=rights),
            RedisRecords(client, "main", NoticeRule, ledger=rights),
            Unsealed(), audit_log=self.access.audit, clock=clock, demand=lambda _: None,
        )  # fmt: skip
        self.offers = Offers(streams)

    def register(self, person_id: str = "ada") -> Person:
        return self.people.create(
            a_person(person_id, "Ada"), [a_template()], self.people.revision()
        )

    def records(self, kind: type[Any]) -> RedisRecords[Any]:
        return RedisRecords(self._client, "main", kind, ledger=self._rights)

    def invitations(self) -> InvitationRecords:
        return open_invitation_records(self._client, "main", Unsealed(), self._rights)

    def strangers(self) -> RedisStrangers:
        sealer = DataSealer(derived(["k" * 44], "data"))
        return RedisStrangers(self._client, "main", sealer, self._rights)

    def said(self) -> list[bytes]:
        """All that its disk keeps, opened."""
        with closing(sqlite3.connect(self.path)) as file:
            numbers = [row[0] for row in file.execute("SELECT number FROM writes")]
        kept = [self.kept.read(number) for number in numbers]
        return [one.written() for one in kept if one is not None]

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


def remembered(client: Client) -> Callable[[], None]:
    """Puts Redis back to how it is now."""
    keys: Any = client.keys("*")
    stored: dict[bytes, Any] = {key: client.dump(key) for key in keys}

    def put_back() -> None:
        client.flushdb()
        for key, value in stored.items():
            client.restore(key.decode(), 0, value)

    return put_back
