"""A process that marks, made of the product's own parts; and the handle by which it is driven.

Run as ``python -m tests.chaos.kiosk FOLDER ADDRESS MUTATION``; it reads a JSON object a line and
answers with one.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from face_rec import files
from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.journey import mark, replay
from face_rec.retry import Backoff
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.redis.durability import ServerHistory
from face_rec.stores.site.audited_writers import AuditedMarks
from tests.chaos.power import recorded
from tests.fakes.clock import MORNING
from tests.samples import a_chain, an_event

ROOT: Final = Path(__file__).resolve().parents[2]
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


# --- the process --------------------------------------------------------------------------------


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


def _serve(folder: Path, address: RedisAddress, mutation: str) -> None:
    recorded(folder)
    # As fast as the faults come.
    replay.ADOPT_EVERY, replay.LOOK_EVERY = 0.2, 0.1  # type: ignore[misc]
    replay.LOOKS = (0.0, 0.3, 0.8, 1.5, 3.0)  # type: ignore[misc]
    replay.AWAY = Backoff(0.05, 0.2)  # type: ignore[misc]
    client, clock = connect(address), JumpingClock()
    marks = RedisAttendance(client, "main", chain=a_chain())
    writer = AuditedMarks(marks, AuditLog(RedisAudit(client, "main"), clock))
    keep = 0.0 if mutation == "lets go on acknowledgement" else 72 * 3600.0
    journal = FileJournal(folder, keep=keep, clock=clock)
    marker = mark.DurableMarker(writer, journal, clock, lambda: COOLDOWN)
    MUTATIONS[mutation](marker)
    lost = ServerHistory(client, marks.lengths, clock).lost
    replay.Reoffer(
        writer, marks.missing, journal, clock, cooldown=lambda: COOLDOWN, lost=lost
    ).start()
    write = files.write_all

    def full(descriptor: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
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
            answer = marker.pending_count()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


# --- its handle ---------------------------------------------------------------------------------


class Kiosk:
    """One such process. All methods may be called by any thread."""

    def __init__(self, folder: Path, address: dict[str, object], mutation: str = "") -> None:
        self._arguments = [str(folder), json.dumps(address), mutation]
        self._asking = threading.Lock()
        self._process = self._begun()

    def ask(self, asked: Pass | dict[str, object]) -> Any:  # noqa: ANN401
        """What it answers; None if it dies on the way, and then nobody was told anything."""
        said = asdict(asked) if isinstance(asked, Pass) else asked
        process = self._process
        assert process.stdin
        assert process.stdout
        with self._asking, suppress(OSError, ValueError):
            process.stdin.write(json.dumps(said) + "\n")
            process.stdin.flush()
            if (line := process.stdout.readline()).endswith("\n"):
                return json.loads(line)
        return None

    def kill(self) -> None:
        process = self._process
        process.kill()
        process.wait(20)
        with self._asking:  # whoever waits for an answer gets none now
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()

    def restart(self) -> None:
        """Another one on the same folder, once the one before is dead."""
        self._process = self._begun()

    def freeze(self, seconds: float) -> None:
        pid = self._process.pid
        with suppress(ProcessLookupError):  # killed meanwhile by another fault
            os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(pid, signal.SIGCONT)

    def _begun(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.kiosk", *self._arguments],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip


def address_of(said: str) -> RedisAddress:
    """The address in the JSON of a command line."""
    found: dict[str, Any] = json.loads(said)
    return RedisAddress(**{**found, "nodes": tuple(map(tuple, found["nodes"]))})


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), address_of(sys.argv[2]), sys.argv[3])
