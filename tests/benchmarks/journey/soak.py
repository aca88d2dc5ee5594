"""Four streams that come and go for a long time: does anything grow?"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean

from tests.benchmarks.journey import rig, traffic
from tests.benchmarks.report import process
from tests.benchmarks.report.process import Held
from tests.benchmarks.report.row import Row

_PACE = traffic.Pace(there=1.2, away=1.0)
_STREAMS = 4


@dataclass(slots=True)
class Soak:
    """``round``: seconds that four kiosks live; the engine must forget them after that."""

    seconds: float
    round: float
    samples: list[Held] = field(default_factory=list)
    marked: int = 0

    def run(self) -> None:
        stage = traffic.Stage()
        with rig.running() as house:
            ends = time.monotonic() + self.seconds
            while time.monotonic() < ends:
                outcome = traffic.play(house, stage, _STREAMS, self.round, _PACE)
                self.marked += len(outcome.waits) - outcome.missed
                gc.collect()
                self.samples.append(process.held(len(house.client.client_list())))

    def grown(self, what: Callable[[Held], float]) -> float:
        """From the second quarter of the time, after warm-up, to the last: means of each."""
        quarter = max(1, len(self.samples) // 4)
        before, after = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        return mean(map(what, after)) - mean(map(what, before))


def run(quick: bool = False) -> list[Row]:
    """Growth after warm-up. Ten minutes; quick mode only shows that it works."""
    soak = Soak(8, 2.3) if quick else Soak(600, 10)
    soak.run()
    note = f"{soak.seconds:.0f} s, {_STREAMS} streams at a time, {soak.marked} marks"
    measures: list[tuple[str, Callable[[Held], float], str, float]] = [
        ("memory", lambda held: held.memory / 1e6, "MB", 10),
        ("threads", lambda held: held.threads, "", 0),
        ("file descriptors", lambda held: held.files, "", 0),
        ("Redis connections", lambda held: held.connections, "", 0),
    ]
    return [
        Row(f"soak: {what} grown", soak.grown(number), unit, None if quick else most, note)
        for what, number, unit, most in measures
    ]
