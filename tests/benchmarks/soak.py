"""Four streams that come and go for a long time: does anything grow?"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean

from tests.benchmarks import process, rig, traffic
from tests.benchmarks.process import Held
from tests.benchmarks.row import Row

_PACE = traffic.Pace(there=1.2, away=1.0)
_STREAMS = 4


@dataclass(slots=True)
class Soak:
    """``round``: seconds that four kiosks live; ``groups``: sets of four that take turns, with
    eight of them each is forgotten by the engine before its next turn."""

    seconds: float
    round: float
    groups: int
    samples: list[Held] = field(default_factory=list)
    marked: int = 0

    def run(quick: bool = False) -> list[Row]:
    """Growth after warm-up. Ten minutes; quick mode only shows that it works."""
    soak = Soak(12, 2.3, 2) if quick else Soak(600, 10, 8)
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
