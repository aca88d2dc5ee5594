"""Reads what is there in the end: the marks from the database, all else as the office shows it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event, Source
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import connect
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests.chaos.deployments import Site
from tests.chaos.driven import Driven
from tests.chaos.history import History
from tests.chaos.kiosk import CHAIN_SECRET
from tests.chaos.office import DONE
from tests.chaos.writes import Writes
from tests.fakes.clock import MORNING
from tests.fakes.witness import a_witness
from tests.samples import CONSENT, a_chain, a_template

_MARKED: Final = "id"
"""How the IDs of those begin who are marked, and were registered before it began."""


class Inspection:
    """Of one site. ``audit_lasts``: whether those who are marked are registered, and stay so."""

    def __init__(
        self, site: Site, folder: Path, history: History, writes: Writes, audit_lasts: bool
    ) -> None:
        self._site = site
        self._folder = folder
        self._history = history
        self._writes = writes
        self._audit_lasts = audit_lasts
        self._by_hand: list[tuple[str, str]] = []

    def register(self, count: int) -> None:
        """What the audit log tells of somebody is readable only while they are registered."""
        client = connect(self._site.client_address())
        people = RedisPeople(client, "main", SystemClock())
        for number in range(count):
            person = Person(f"s{number}", f"{_MARKED}{number}", "Ada", consent=CONSENT)
            people.create(person, [a_template()], people.revision())
        client.close()

    def marks(self, days: int) -> list[str]:
        """What does not fit of the marks of so many days. Raises StoreError, RedisError."""
        client = connect(self._site.client_address())
        try:
            events = list(_events(RedisAttendance(client, "main"), days))
            audit = AuditLog(RedisAudit(client, "main"), SystemClock())
            noted = {e.target for e in audit.newest(100_000) if e.action == Action.MARK_REPEATED}
            witness = a_witness(a_chain(CHAIN_SECRET), self._folder)
            lists = ChainDays(client, "main")
            report = ChainCheck(a_chain(CHAIN_SECRET), lists, witness, []).run()
        finally:
            with suppress(RedisError):
                client.close()
        self._by_hand = [(e.id, e.reason or "") for e in events if e.source is Source.MANUAL]
        marks = [event for event in events if event.source is not Source.MANUAL]
        repeated = noted if self._audit_lasts else {*self._history.passes}
        chain = [finding.sentence() for finding in report.findings]
        return [*self._history.flaws(marks, repeated), *chain]

    def office(self, office: Driven) -> list[str]:
        """What does not fit of all other writes, once :meth:`marks` was asked; then what the
        chain's check says over everything, with the witness of the office."""
        state = office.ask({"do": "state"})
        if state is None or state["said"] != DONE:
            return [f"the office does not answer: {state}"]
        found = state["found"]
        found["person"] = [one for one in found["person"] if not one[0].startswith(_MARKED)]
        if flaws := self._writes.flaws(found, self._by_hand):
            return flaws
        check = office.ask({"do": "broken"})
        return [f"the office does not answer: {check}"] if not check else list(check["found"])


def _events(marks: RedisAttendance, days: int) -> Iterator[Event]:
    first = MORNING.date() - timedelta(days=2)  # clocks were set back, too
    for number in range(days):
        yield from marks.day(first + timedelta(days=number))
