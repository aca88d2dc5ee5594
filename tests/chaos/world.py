"""A site under fire: its servers, its kiosks, people passing, and the faults one after another."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreError
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import connect
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests.chaos import power
from tests.chaos.deployments import ROWS
from tests.chaos.history import History
from tests.chaos.kiosk import Kiosk, Pass
from tests.fakes.clock import MORNING
from tests.fakes.witness import a_witness
from tests.redis_servers import wait_until
from tests.samples import CONSENT, a_chain, a_template

KIOSKS: Final = 3
PEOPLE: Final = 400
_LONGEST: Final = 60.0  # seconds until everything that was confirmed must be there
_PACE: Final = 0.004  # seconds between two passes of a kiosk: some people can still be new


@dataclass(slots=True)
class Result:
    """What a run came to."""

    faults: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    confirmed: int = 0
    flaws: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    """Seconds after each settling until everything confirmed was there."""


class Chaos:
    """One run of one row. The faults and the people come from ``seed``."""

    def __init__(self, folder: Path, row: str, seed: int, mutation: str = "") -> None:
        self._stack = ExitStack()
        self._folder = folder
        self._dice = random.Random(f"{row}/{seed}")
        self.site = ROWS[row](folder, self._stack)
        self._audit_lasts = row == "always"  # elsewhere Redis loses it like all but the marks
        if self._audit_lasts:
            self._register()
        self.history = History()
        self.result = Result()
        self._seconds = 0
        self._counting, self._killing = threading.Lock(), threading.Lock()
        self._paused, self._ended = threading.Event(), threading.Event()
        self._idle = [threading.Event() for _ in range(KIOSKS)]
        self._jumps = [0] * KIOSKS  # seconds by which the clock of each was set
        self._machines = [folder / "one", folder / "one", folder / "two"]  # two share a machine
        self.kiosks = [Kiosk(one, self.site.address, mutation) for one in self._machines]
        for kiosk in self.kiosks:
            self._stack.callback(kiosk.kill)
        self._threads = [
            threading.Thread(target=self._people, args=(n, f"{row}/{seed}/{n}"), daemon=True)
            for n in range(KIOSKS)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Chaos":
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._paused.clear()
        self._stack.close()
        for thread in self._threads:
            thread.join(10)

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        """Every fault of this row by its name."""
        return {
            **self.site.faults(),
            "app killed": lambda dice: self.kill(dice.sample(self.kiosks, dice.randint(1, 3))),
            "machine of apps: power cut": self._power_cut,
            "clock jumps": lambda dice: self._jump(dice.randrange(KIOSKS), dice),
            "app stopped": lambda dice: dice.choice(self.kiosks).freeze(dice.uniform(0.1, 1.0)),
            "disk full": lambda dice: self._full(dice.choice(self.kiosks), dice.uniform(0.1, 0.5)),
        }

    def run(self, rounds: int, settle_every: int = 8, within: float = float("inf")) -> Result:
        """So many rounds of one fault, or of two at once, one after another; the history is
        checked now and then, and at the end. ``within``: seconds after which no more begin."""
        names, until = sorted(self.faults()), time.monotonic() + within
        for number in range(1, rounds + 1):
            if time.monotonic() > until:
                rounds = number
            at_once = self._dice.sample(names, 2 if self._dice.random() < 0.25 else 1)
            self.strike(*at_once)
            self.result.rounds = number
            if number % settle_every == 0 or number == rounds:
                self.settle()
                if self.result.flaws or number == rounds:
                    break
        return self.result

    def strike(self, *names: str) -> None:
        """These faults, all at once, while people pass; returns when they are over."""
        time.sleep(self._dice.uniform(0.05, 0.3))
        dice = [random.Random(self._dice.random()) for _ in names]
        faults = self.faults()
        with ThreadPoolExecutor(len(names)) as pool:
            running = [
                pool.submit(faults[name], one) for name, one in zip(names, dice, strict=True)
            ]
        for one in running:
            one.result()
        self.result.faults.update(names)

    def passes(self, count: int) -> None:
        """Returns when so many more people were confirmed."""
        before = len(self.history.confirmed())
        wait_until(lambda: len(self.history.confirmed()) >= before + count, 60)

    def settle(self, within: float = _LONGEST) -> None:
        """Nobody passes any more; ``within`` so many seconds all that was confirmed is there."""
        self._paused.set()
        for idle in self._idle:
            idle.wait(30)
        begun = time.monotonic()
        flaws = ["never asked"]
        while flaws and time.monotonic() - begun < within:
            try:
                flaws = ["marks wait"] if self._waiting() else self._flaws()
            except (StoreError, RedisError) as error:
                flaws = [f"the database does not answer: {error}"]
            time.sleep(0.05 if flaws else 0)
        self.result.recoveries.append(time.monotonic() - begun)
        self.result.flaws = flaws[:10]
        self.result.confirmed = len(self.history.confirmed())
        self._paused.clear()

    # --- people

    def _people(self, number: int, seed: str) -> None:
        dice = random.Random(seed)
        while not self._ended.is_set():
            if self._paused.is_set():
                self._idle[number].set()
                time.sleep(0.01)
                continue
            self._idle[number].clear()
            one = self._next(number, dice)
            self.history.begin(one)
            told = self.kiosks[number].ask(one)
            self.history.end(one, told)
            time.sleep(_PACE if told is not None else 0.02)
        self._idle[number].set()

    def _next(self, number: int, dice: random.Random) -> Pass:
        with self._counting:
            self._seconds += 1
            count = self._seconds
        jump = self._jumps[number]
        return Pass(f"k{number}-{count}", f"s{dice.randrange(PEOPLE)}", count + jump, jump != 0)

    # --- faults

    def kill(self, kiosks: list[Kiosk]) -> None:
        """These, at once; others begin in their place."""
        with self._killing:
            for kiosk in kiosks:
                kiosk.kill()
            for kiosk in kiosks:
                kiosk.restart()

    def _power_cut(self, dice: random.Random) -> None:
        """Of the machine of two kiosks, or of the other one's."""
        machine = dice.choice(self._machines)
        its = [
            kiosk for kiosk, one in zip(self.kiosks, self._machines, strict=True) if one == machine
        ]
        with self._killing:
            for kiosk in its:
                kiosk.kill()
            power.cut(machine, dice)
            for kiosk in its:
                kiosk.restart()

    def _jump(self, number: int, dice: random.Random) -> None:
        """Somebody sets the clock of a machine, some pass, and it is set right again."""
        self._jumps[number] = jump = dice.choice((-1, 1)) * dice.randrange(3600, 36 * 3600)
        self.kiosks[number].ask({"jump": jump})
        time.sleep(dice.uniform(0.1, 0.6))
        self._jumps[number] = 0
        self.kiosks[number].ask({"jump": 0})

    def _full(self, kiosk: Kiosk, seconds: float) -> None:
        """Asked by a line of its own, between two people."""
        kiosk.ask({"room": False})
        time.sleep(seconds)
        kiosk.ask({"room": True})

    # --- what is there

    def _waiting(self) -> int:
        return sum(int(kiosk.ask({}) or 0) for kiosk in self.kiosks)

    def _flaws(self) -> list[str]:
        client = connect(self.site.client_address())
        try:
            marks = RedisAttendance(client, "main", chain=a_chain())
            events = list(self._events(marks))
            audit = AuditLog(RedisAudit(client, "main"), SystemClock())
            noted = {e.target for e in audit.newest(100_000) if e.action == Action.MARK_REPEATED}
            witness = a_witness(a_chain(), self._folder)
            report = ChainCheck(a_chain(), ChainDays(client, "main"), witness, []).run()
        finally:
            with suppress(RedisError):
                client.close()
        repeated = noted if self._audit_lasts else {*self.history.passes}
        chain = [finding.sentence() for finding in report.findings]
        return [*self.history.flaws(events, repeated), *chain]

    def _register(self) -> None:
        """What the audit log tells of somebody is readable only while they are registered."""
        client = connect(self.site.client_address())
        people = RedisPeople(client, "main", SystemClock())
        for number in range(PEOPLE):
            person = Person(f"s{number}", f"id{number}", "Ada", consent=CONSENT)
            people.create(person, [a_template()], people.revision())
        client.close()

    def _events(self, marks: RedisAttendance) -> Iterator[Event]:
        first = MORNING.date() - timedelta(days=2)  # clocks were set back, too
        for number in range(self._seconds // 86400 + 6):
            yield from marks.day(first + timedelta(days=number))
