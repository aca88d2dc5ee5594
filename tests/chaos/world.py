"""A site under fire: its servers, its kiosks, people passing, and the faults one after another."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from face_rec.domain.errors import StoreError
from tests.chaos import power
from tests.chaos.deployments import ROWS
from tests.chaos.driven import Driven
from tests.chaos.history import History
from tests.chaos.inspection import Inspection
from tests.chaos.kiosk import Pass
from tests.chaos.tally import Stretch
from tests.chaos.writes import Writes
from tests.redis_servers import wait_until

KIOSKS: Final = 3
SECRET: Final = "a data key of the chaos of 32 long"
PEOPLE: Final = 400
_LONGEST: Final = 60.0  # seconds until everything that was confirmed must be there
_PACE: Final = 0.004  # seconds between two passes of a kiosk: some people can still be new


@dataclass(slots=True)
class Result:
    """What a run came to."""

    faults: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """Faults during which nobody passed and nothing was written: they prove nothing."""
    rounds: int = 0
    confirmed: int = 0
    writes: int = 0
    """Of people, rules, accounts and corrections that somebody was told are done."""
    flaws: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    """Seconds after each settling until everything confirmed was there."""


class Chaos:
    """One run of one row. The faults and the people come from ``seed``, and by an odd one the
    office has a DATA_KEY; ``mutation`` and ``office``: how the promise is broken on purpose, at
    the kiosks and in the office."""

    def __init__(
        self, folder: Path, row: str, seed: int, mutation: str = "", office: str = ""
    ) -> None:
        self._stack = ExitStack()
        self._row, self._seed = row, seed
        self._dice = random.Random(f"{row}/{seed}")
        self.site = ROWS[row](folder, self._stack)
        # Elsewhere Redis loses the people whom the kiosks mark, and with them what tells of them.
        audit_lasts = row in {"always", "embedded"}
        self.history, self.writes = History(), Writes()
        self.judges_writes = bool(office)
        """Else what the office wrote is not held against what is there."""
        self._inspection = Inspection(self.site, folder, self.history, self.writes, audit_lasts)
        if audit_lasts:
            self._inspection.register(PEOPLE)
        self.result = Result()
        self._seconds = 0
        self._counting, self._killing = threading.Lock(), threading.Lock()
        self._paused, self._ended = threading.Event(), threading.Event()
        self._idle = [threading.Event() for _ in range(KIOSKS + 1)]
        self._jumps = [0] * KIOSKS  # seconds by which the clock of each was set
        self._machines = [folder / "one", folder / "one", folder / "two"]  # two share a machine
        address = self.site.address
        self.kiosks = [Driven("kiosk", one, address, mutation) for one in self._machines]
        self._data = self.site.data_dir or folder / "office"
        data_key = SECRET if seed % 2 else ""
        self.office = Driven("office", self._data, address, office, data_key)
        for app in (*self.kiosks, self.office):
            self._stack.callback(app.kill)
        self._threads = [
            threading.Thread(target=self._people, args=(n, f"{row}/{seed}/{n}"), daemon=True)
            for n in range(KIOSKS)
        ]
        at_work = threading.Thread(target=self._write, args=(f"{row}/{seed}/office",), daemon=True)
        self._threads.append(at_work)
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
            "app killed": lambda dice: self.kill(dice.sample(self._apps(), dice.randint(1, 4))),
            "machine of apps: power cut": self._power_cut,
            "clock jumps": lambda dice: self._jump(dice.randrange(KIOSKS + 1), dice),
            "app stopped": lambda dice: dice.choice(self._apps()).freeze(dice.uniform(0.1, 1.0)),
            "disk full": lambda dice: self._full(
                dice.choice(self._apps()), dice.uniform(0.1, 0.5)
            ),
        }

    def run(
        self,
        rounds: int,
        settle_every: int = 8,
        within: float = float("inf"),
        told: Callable[[Stretch], None] = lambda _: None,
    ) -> Result:
        """So many rounds of one fault, or of two at once, one after another; the history is
        checked now and then, and at the end. ``within``: seconds after which no more begin;
        ``told`` hears what each settling came to."""
        so_far = Result()
        names, until = sorted(self.faults()), time.monotonic() + within
        for number in range(1, rounds + 1):
            if time.monotonic() > until:
                rounds = number
            at_once = self._dice.sample(names, 2 if self._dice.random() < 0.25 else 1)
            self.strike(*at_once)
            self.result.rounds = number
            if number % settle_every == 0 or number == rounds:
                self.settle()
                told(self._since(so_far))
                so_far = deepcopy(self.result)
                if self.result.flaws or number == rounds:
                    break
        return self.result

    def _apps(self) -> list[Driven]:
        return [*self.kiosks, self.office]

    def _since(self, before: Result) -> Stretch:
        now = self.result
        return Stretch(
            self._row, self._seed, now.rounds - before.rounds, dict(now.faults - before.faults),
            dict(now.missed - before.missed), now.confirmed - before.confirmed,
            now.writes - before.writes, round(now.recoveries[-1], 2), now.flaws,
        )  # fmt: skip

    def strike(self, *names: str) -> None:
        """These faults, all at once, while people pass; returns when they are over."""
        if self._dice.random() < 0.8:  # else they may hit an app that begins
            self._at_work()
        begun = self._answers()
        time.sleep(self._dice.uniform(0.05, 0.3))
        dice = [random.Random(self._dice.random()) for _ in names]
        faults = self.faults()
        with ThreadPoolExecutor(len(names)) as pool:
            running = [
                pool.submit(faults[name], one) for name, one in zip(names, dice, strict=True)
            ]
        for one in running:
            one.result()
        (self.result.faults if self._answers() > begun else self.result.missed).update(names)

    def _answers(self) -> int:
        return self.history.answers() + self.writes.answers()

    def _at_work(self) -> None:
        """Until every app has answered since it began."""
        until = time.monotonic() + 20
        while time.monotonic() < until and not all(app.answered for app in self._apps()):
            time.sleep(0.02)

    def passes(self, count: int) -> None:
        """Returns when so many more people were confirmed."""
        before = len(self.history.confirmed())
        wait_until(lambda: len(self.history.confirmed()) >= before + count, 60)

    def written(self, count: int) -> None:
        """Returns when so many more writes were confirmed in the office."""
        before = self.writes.confirmed()
        wait_until(lambda: self.writes.confirmed() >= before + count, 60)

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
        self.result.writes = self.writes.confirmed()
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
            told = self.kiosks[number].ask(asdict(one))
            self.history.end(one, told)
            time.sleep(_PACE if told is not None else 0.02)
        self._idle[number].set()

    def _next(self, number: int, dice: random.Random) -> Pass:
        with self._counting:
            self._seconds += 1
            count = self._seconds
        jump = self._jumps[number]
        return Pass(f"k{number}-{count}", f"s{dice.randrange(PEOPLE)}", count + jump, jump != 0)

    def _write(self, seed: str) -> None:
        """What happens in the office."""
        dice = random.Random(seed)
        while not self._ended.is_set():
            if self._paused.is_set():
                self._idle[-1].set()
                time.sleep(0.01)
                continue
            self._idle[-1].clear()
            wish = self.writes.next(dice)
            self.writes.begin(wish)
            told = self.office.ask(wish.asked())
            self.writes.end(wish, told)
            if told is None:
                self.begun_again(self.office)
            time.sleep(0.05)
        self._idle[-1].set()

    # --- faults

    def kill(self, kiosks: list[Driven]) -> None:
        """These, at once; others begin in their place."""
        with self._killing:
            for kiosk in kiosks:
                kiosk.kill()
            for kiosk in kiosks:
                kiosk.restart()

    def begun_again(self, app: Driven) -> None:
        """One that ended by itself; whoever was killed is begun by who killed it."""
        with self._killing:
            if app.ended:
                app.restart()

    def _power_cut(self, dice: random.Random) -> None:
        """Of the machine of two kiosks, of the other one's, or of the office's; where all of them
        and their Redis are one machine, of that."""
        machines = [*self._machines, self._data / "journal"]
        cut = {dice.choice(machines)} if self.site.data_dir is None else {*machines}
        its = [app for app, one in zip(self._apps(), machines, strict=True) if one in cut]
        with self._killing:
            for app in its:
                app.kill()
            if self.site.data_dir is not None:
                self.site.kill()
            for machine in sorted(cut):
                power.cut(machine, dice)
            for app in its:
                app.restart()

    def _jump(self, number: int, dice: random.Random) -> None:
        """Somebody sets the clock of a machine, some pass, and it is set right again."""
        # Of the office by more than JOURNAL_HOURS: what it keeps must not go for that.
        longest = 100 if number == KIOSKS else 36
        jump = dice.choice((-1, 1)) * dice.randrange(3600, longest * 3600)
        seconds = dice.uniform(0.1, 0.6)
        for by, pause in ((jump, seconds), (0, 0.0)):
            if number < KIOSKS:
                self._jumps[number] = by
            self._apps()[number].ask({"jump": by})
            time.sleep(pause)

    def _full(self, app: Driven, seconds: float) -> None:
        """Asked by a line of its own, between two people."""
        app.ask({"room": False})
        time.sleep(seconds)
        app.ask({"room": True})

    # --- what is there

    def _waiting(self) -> int:
        return sum(int(kiosk.ask({}) or 0) for kiosk in self.kiosks)

    def _flaws(self) -> list[str]:
        if flaws := self._inspection.marks(self._seconds // 86400 + 6):
            return flaws
        self.begun_again(self.office)
        if not self.judges_writes:
            return []
        return self._inspection.office(self.office)
