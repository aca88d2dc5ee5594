"""A site under fire: its servers, its kiosks, people passing, and the faults one after another."""

import os
import random
import signal
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
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.check import ChainCheck
from tests.chaos.history import History
from tests.chaos.kiosk import Kiosk, Pass
from tests.chaos.proxy import Line, Proxy
from tests.fakes.clock import MORNING
from tests.fakes.witness import a_witness
from tests.redis_servers import Server, Trio, wait_until
from tests.samples import CONSENT, a_chain, a_template

KIOSKS: Final = 3
PEOPLE: Final = 400
_LONGEST: Final = 60.0  # seconds until everything that was confirmed must be there
_PACE: Final = 0.004  # seconds between two passes of a kiosk: some people can still be new


class Alone:
    """One Redis behind a proxy. ``synced``: its appendfsync; a power cut takes from ``everysec``
    what was written within the last second, in the middle of a command."""

    def __init__(self, folder: Path, stack: ExitStack, synced: str) -> None:
        self._folder = folder / "redis"
        self._synced = synced
        self.server = Server(self._folder, "--appendonly", "yes", "--appendfsync", synced)
        stack.callback(self.server.stop)
        self.server.start()
        self.proxy = Proxy(self.server.port)
        stack.callback(self.proxy.close)
        self._sizes: list[tuple[float, int]] = []
        self._one_at_a_time = threading.Lock()
        self._watching = threading.Event()
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        stack.callback(self._watching.set)

    @property
    def address(self) -> dict[str, object]:
        """By which kiosks reach it."""
        return {"nodes": [["127.0.0.1", self.proxy.port]]}

    def client_address(self) -> RedisAddress:
        return RedisAddress(nodes=(("127.0.0.1", self.server.port),))

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "Redis killed": lambda _: self._crash(0),
            "Redis: power cut": lambda _: self._crash(1.0 if self._synced == "everysec" else 0),
            "Redis hangs": lambda dice: self._hang(dice.uniform(0.3, 2.5)),
            "line cut": lambda dice: self._line(Line.CUT, dice.uniform(0.1, 1.0)),
            "line deaf": lambda dice: self._line(Line.DEAF, dice.uniform(0.1, 2.0)),
            "line slow": lambda dice: self._line(Line.SLOW, dice.uniform(0.1, 1.0)),
            "connections dropped": lambda _: self.proxy.drop(),
        }

    def _crash(self, lost: float) -> None:
        with self._one_at_a_time:
            self.server.kill()
            if lost:
                until = time.monotonic() - lost
                older = [size for at, size in self._sizes if at <= until]
                log = self._log()
                if log and older:
                    os.truncate(log, min(older[-1], log.stat().st_size))
            self._sizes.clear()
            self.server.start()

    def _hang(self, seconds: float) -> None:
        with self._one_at_a_time:
            os.kill(self.server.pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(self.server.pid, signal.SIGCONT)

    def _line(self, line: Line, seconds: float) -> None:
        self.proxy.set(line)
        time.sleep(seconds)
        self.proxy.set(Line.GOOD)
        if line is Line.DEAF:
            self.proxy.drop()  # half an answer may hang in them

    def _watch(self) -> None:
        while not self._watching.wait(0.02):
            if log := self._log():
                self._sizes.append((time.monotonic(), log.stat().st_size))
                del self._sizes[:-500]

    def _log(self) -> Path | None:
        return next(iter(self._folder.glob("appendonlydir/*.incr.aof")), None)


class Watched:
    """A master and a replica that copies without being waited for, under a sentinel."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._trio = Trio(folder / "trio", stack)
        self._nodes = [["127.0.0.1", self._trio.sentinel.port]]
        self._alone = threading.Lock()

    @property
    def address(self) -> dict[str, object]:
        return {"mode": "sentinel", "nodes": self._nodes, "service": Trio.SERVICE}

    def client_address(self) -> RedisAddress:
        nodes = (("127.0.0.1", self._trio.sentinel.port),)
        return RedisAddress(mode="sentinel", nodes=nodes, service=Trio.SERVICE)

    def faults(self) -> dict[str, Callable[[random.Random], None]]:
        return {
            "failover": lambda _: self._fail_over(0.0),
            "failover to a replica that lags": lambda dice: self._fail_over(dice.uniform(0.1, 1)),
        }

    def _fail_over(self, lag: float) -> None:
        with self._alone:
            trio = self._trio
            master = trio.current()
            replica = trio.replica if master is trio.master else trio.master
            wait_until(lambda: self._follows(replica, master), 60)
            if lag:
                os.kill(replica.pid, signal.SIGSTOP)
                time.sleep(lag)
            master.kill()
            if lag:
                os.kill(replica.pid, signal.SIGCONT)
            wait_until(lambda: trio.current() is replica, 60)
            master.start()

    def _follows(self, replica: Server, master: Server) -> bool:
        """Whether it is in step; one that follows nobody is told so here, sooner."""
        client = replica.client()
        try:
            said = client.info("replication")
            if int(said.get("master_port", 0)) != master.port:
                client.replicaof("127.0.0.1", master.port)
            return self._trio.in_step(replica)
        finally:
            client.close()


ROWS: Final[dict[str, Callable[[Path, ExitStack], Alone | Watched]]] = {
    "always": lambda folder, stack: Alone(folder, stack, "always"),
    "everysec": lambda folder, stack: Alone(folder, stack, "everysec"),
    "sentinel": Watched,
}
"""The deployments that the guarantee names and that are tried here."""


@dataclass(slots=True)
class Result:
    """What a run came to."""

    faults: Counter[str] = field(default_factory=Counter)
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
        self._counting = threading.Lock()
        self._paused, self._ended = threading.Event(), threading.Event()
        self._idle = [threading.Event() for _ in range(KIOSKS)]
        machines = [folder / "one", folder / "one", folder / "two"]  # two share a machine
        self.kiosks = [Kiosk(machine, self.site.address, mutation) for machine in machines]
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
            "app stopped": lambda dice: dice.choice(self.kiosks).freeze(dice.uniform(0.1, 1.0)),
            "disk full": lambda dice: self._full(dice.choice(self.kiosks), dice.uniform(0.1, 0.5)),
        }

    def run(self, rounds: int, settle_every: int = 8) -> Result:
        """So many faults, one after another and sometimes two at once; the history is checked
        now and then, and at the end."""
        names = sorted(self.faults())
        for number in range(1, rounds + 1):
            at_once = self._dice.sample(names, 2 if self._dice.random() < 0.25 else 1)
            self.strike(*at_once)
            if number % settle_every == 0 or number == rounds:
                self.settle()
                if self.result.flaws:
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
        return Pass(f"k{number}-{count}", f"s{dice.randrange(PEOPLE)}", count)

    # --- faults

    def kill(self, kiosks: list[Kiosk]) -> None:
        """These, at once; others begin in their place."""
        for kiosk in kiosks:
            kiosk.kill()
        for kiosk in kiosks:
            kiosk.restart()

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
        first = MORNING.date()
        for number in range(self._seconds // 86400 + 2):
            yield from marks.day(first + timedelta(days=number))
