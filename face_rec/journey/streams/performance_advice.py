"""What a slow machine tells its admin to change: a pure rule over the figures of the streams."""

from collections.abc import Mapping
from dataclasses import dataclass

from face_rec.domain.screens import StreamStats

LEAST_LOOKS = 3.0
"""Looks a second below which somebody who walks past may not get the looks a name takes."""
LONGEST_TO_MARK = 2.0
"""Seconds for which people wait at a door before they try again."""
LEAST_PICTURES = 5.0
FULL = 0.8
"""Share of the workers' time above which recognition is what holds things up."""
_WARM = 20
"""Looks after which the rates of a new stream mean something."""
_LARGE_PACKS = {"buffalo_l", "antelopev2"}
_SMALL_PACK = "buffalo_sc"


@dataclass(frozen=True, slots=True)
class Machine:
    """What can be changed. ``load``: share of the workers' time in use, 0 to 1; ``cores``: of the
    processor; ``accelerated``: whether the models run on something better than that."""

    pack: str
    workers: int
    cores: int
    load: float
    accelerated: bool = False


def advice(streams: Mapping[str, StreamStats], machine: Machine) -> tuple[str, ...]:
    """Sentences that say what is slow and what to change, the most helpful first; nothing where
    all is well. ``streams`` by kiosk."""
    live = {
        name: stats for name, stats in streams.items() if stats.live and stats.inferred >= _WARM
    }
    if machine.load < FULL:
        return tuple(_poor_cameras(live))
    slow = {name: stats for name, stats in live.items() if _slow(stats)}
    return (_symptom(slow), *_remedies(live, machine)) if slow else ()


def _slow(stats: StreamStats) -> bool:
    late = stats.time_to_mark is not None and stats.time_to_mark > LONGEST_TO_MARK
    return stats.inference_rate < LEAST_LOOKS or late


def _symptom(slow: Mapping[str, StreamStats]) -> str:
    name, worst = min(slow.items(), key=lambda item: item[1].inference_rate)
    others = f" (and {len(slow) - 1} more)" if len(slow) > 1 else ""
    marked = (
        "" if worst.time_to_mark is None else f", its last mark took {worst.time_to_mark:.1f} s"
    )
    return (
        f"Recognition cannot keep up: {name}{others} gets {worst.inference_rate:.1f} looks a "
        f"second{marked}. At least {LEAST_LOOKS:g}, and at most {LONGEST_TO_MARK:g} s, are wanted."
    )


def _remedies(live: Mapping[str, StreamStats], machine: Machine) -> list[str]:
    found = []
    if machine.workers < machine.cores:
        found.append(
            f"Set WORKERS to {machine.cores}: {machine.workers} of {machine.cores} processor "
            "cores recognise."
        )
    if machine.pack in _LARGE_PACKS and not machine.accelerated:
        found.append(
            f"Use the smaller pack {_SMALL_PACK} instead of {machine.pack} (MODEL_PACK): about a "
            "tenth of the work; people's photos must then be taken again."
        )
    if len(live) > 1:
        found.append(f"Run fewer than {len(live)} cameras here; another machine takes the rest.")
    if not found or machine.pack == _SMALL_PACK:
        found.append("A faster processor or a GPU (MODEL_PROVIDER) helps beyond that.")
    return found


def _poor_cameras(live: Mapping[str, StreamStats]) -> list[str]:
    """Recognition has time to spare, but the pictures do not come."""
    return [
        f"{name} sends only {stats.frame_rate:.1f} pictures a second: check the light before its "
        "camera, its network, and whether other programs keep that device or this machine busy."
        for name, stats in sorted(live.items())
        if stats.frame_rate < LEAST_PICTURES
    ]
