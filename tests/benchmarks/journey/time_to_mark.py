"""From the first frame in which a face is large enough to the mark in Redis."""

from tests.benchmarks.journey import rig, traffic
from tests.benchmarks.report.row import Row

_PACE = traffic.Pace(there=1.5, away=1.0)
_LIMITS = {1: 0.5, 4: 1.2}
"""Seconds that p95 may take, by streams."""


def run(quick: bool = False) -> list[Row]:
    """p50 and p95 with one stream and with four, through slots, workers, journal and Redis."""
    stage = traffic.Stage()
    with rig.running() as house:
        traffic.play(house, stage, 1, 2.5, _PACE)  # warm
        return [row for n in _LIMITS for row in _rows(n, _played(house, stage, n, quick))]


def _played(house: rig.House, stage: traffic.Stage, streams: int, quick: bool) -> traffic.Outcome:
    rounds = 2 if streams == 1 and not quick else 1
    seconds = 5 if quick else 45
    played = [traffic.play(house, stage, streams, seconds, _PACE) for _ in range(rounds)]
    return traffic.together(played)


def _rows(streams: int, outcome: traffic.Outcome) -> list[Row]:
    name = f"time to mark, {streams} stream{'s' if streams > 1 else ''}"
    return [
        Row(f"{name}, p50", outcome.quantile(0.5), "s"),
        Row(f"{name}, p95", outcome.quantile(0.95), "s", _LIMITS[streams], str(outcome)),
    ]
