"""A process that marks, made of the product's own parts."""

import errno
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from face_rec import files
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import SystemClock
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.journey.marking import mark, reoffer, replay
from face_rec.retry import Backoff
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain import offers, write_log
from face_rec.stores.chain.ledger import AUDIT, Streams
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.journal.writes_aside import WritesAside
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.redis_health import pulse_of
from face_rec.stores.redis.server_history import ServerHistory
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.chaos.driven import asked_of, say
from tests.chaos.power import recorded
from tests.fakes.clock import MORNING
from tests.samples import a_chain, an_event

COOLDOWN: Final = 60.0
REFUSED: Final = "refused"
"""What somebody is told for whom the journal had no room."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Somebody passes a kiosk: the mark that it asks for."""

    id: str
    subject: str
    seconds: int
    jumped: bool = False
    """Whether the kiosk's clock is wrong."""

    def event(self) -> Event:
        return an_event(self.id, self.subject, self.seconds)


CHAIN_SECRET: Final = "c" * 40
"""Of which the keys of the chain are made, on every machine."""


class JumpingClock:
    """It is MORNING when the process begins; ``jump``: seconds by which somebody has set it."""

    def __init__(self) -> None:
        self.jump = 0.0
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return MORNING + timedelta(seconds=self.monotonic() - self._begun + self.jump)

    def monotonic(self) -> float:
        return time.monotonic()


def _confirm_first(marker: mark.DurableMarker) -> None:
    keep = marker._keep

    def later(event: Event) -> None:
        threading.Timer(5.0, lambda: keep(event)).start()

    marker._keep = later  # type: ignore[method-assign]


def _settle_first(marker: mark.DurableMarker) -> None:
    apply = marker._apply

    def settled(event: Event) -> Receipt:
        marker._journal.settle(event.id, void=True)
        return apply(event)

    marker._apply = settled  # type: ignore[method-assign]


def _take_unheard_for_done(marker: mark.DurableMarker) -> None:
    def forgotten(event: Event, *, away: bool) -> Receipt:
        marker._journal.settle(event.id, void=True)
        return Receipt(event, Outcome.SAVED_HERE)

    marker._later = forgotten  # type: ignore[method-assign]


def _replay_under_another_name(marker: mark.DurableMarker) -> None:
    replayer = marker._replayer
    hand_on = replayer._attendance.apply

    def renamed(event: Event, cooldown: float, replay: bool = False) -> Receipt:
        receipt = hand_on(replace(event, id=f"{event.id}-again"), cooldown, replay)
        return replace(receipt, event=event)

    class Renaming:
        apply = staticmethod(renamed)

    replayer._attendance = Renaming()


def _confirm_unsynced(marker: mark.DurableMarker) -> None:
    files.sync_file = lambda _: None  # type: ignore[assignment]


def _nothing(marker: mark.DurableMarker) -> None: ...


MUTATIONS: Final[dict[str, Callable[[mark.DurableMarker], None]]] = {
    "": _nothing,
    "confirms before the journal has it": _confirm_first,
    "lets go before Redis was asked": _settle_first,
    "takes what Redis did not hear for done": _take_unheard_for_done,
    "hands on under another id": _replay_under_another_name,
    "lets go on acknowledgement": _nothing,  # keeps nothing, below
    "confirms before it is fsynced": _confirm_unsynced,
}
"""The promise broken on purpose: the order of journal, Redis and confirmation."""


def _streams(client: Client, folder: Path, keep: float) -> Streams:
    """By which the audit log is chained, and kept, by the clock that the office has, too."""
    sealer = DataSealer(keyring.derived([CHAIN_SECRET], "writes"))
    clock = SystemClock()
    aside = WritesAside(Quarantine(folder / "quarantine"), clock.uptime)
    kept = WriteLog(folder / write_log.NAME, sealer, keep, aside, operating_time=clock.uptime)
    return Streams(client, a_chain(CHAIN_SECRET), clock, kept=kept)


def serve(line: Connection, place: str, address: str, mutation: str) -> None:
    """Until nobody asks any more."""
    folder = Path(place)
    recorded(folder)
    # As fast as the faults come.
    replay.ADOPT_EVERY, reoffer.LOOK_EVERY = 0.2, 0.1  # type: ignore[misc]
    reoffer.LOOKS = (0.0, 0.5, 1.5, 3.0, 6.0, 9.0)  # type: ignore[misc,assignment]
    replay.AWAY = Backoff(0.05, 0.2)  # type: ignore[misc]
    offers._TIDY_EVERY = 3.0  # type: ignore[misc]
    client, clock = connect(address_of(address)), JumpingClock()
    pulse = pulse_of(address_of(address), "main", lambda _: "")
    pulse.start()
    marks = RedisAttendance(client, "main", chain=a_chain(CHAIN_SECRET))
    keep = 0.0 if mutation == "lets go on acknowledgement" else 72 * 3600.0
    streams = _streams(client, folder, keep)
    writer = AuditedMarks(
        marks, AuditLog(RedisAudit(client, "main", streams.ledger(AUDIT)), clock)
    )
    journal = FileJournal(folder, keep=keep)
    marker = mark.DurableMarker(writer, journal, clock, lambda: COOLDOWN, away=pulse.away)
    MUTATIONS[mutation](marker)
    lost = ServerHistory(client, marks.lengths, clock).lost
    again = reoffer.Reoffer(
        writer,
        marks.missing,
        journal,
        clock,
        cooldown=lambda: COOLDOWN,
        lost=lost,
        others=offers.Offers(streams),
    )
    again.start()
    write = files.write_all

    def full(descriptor: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for asked in asked_of(line):
        if "room" in asked:
            files.write_all = write if asked["room"] else full
            answer: object = ""
        elif "jump" in asked:
            clock.jump, answer = asked["jump"], ""
        elif "id" in asked:
            try:
                answer = marker.mark(Pass(**asked).event()).outcome.value
            except JournalError:
                answer = REFUSED
        else:
            answer = marker.pending_count() + again.due
        say(line, answer)


def address_of(said: str) -> RedisAddress:
    """The address in the JSON of a command line."""
    found: dict[str, Any] = json.loads(said)
    return RedisAddress(**{**found, "nodes": tuple(map(tuple, found["nodes"]))})
