"""What a slow machine tells its admin to change: a pure rule over the figures of the streams."""

from collections.abc import Mapping
from dataclasses import dataclass

from face_rec.domain.kiosks.screens import StreamStats
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence

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
    whose = name
    if len(slow) > 1:
        whose = sentence("{kiosk} (and {number} more)", kiosk=name, number=len(slow) - 1)
    least, longest, looks = f"{LEAST_LOOKS:g}", f"{LONGEST_TO_MARK:g}", worst.inference_rate
    if worst.time_to_mark is None:
        return sentence(
            "Recognition cannot keep up: {kiosk} gets {looks} looks a second. At least {least}, "
            "and at most {longest} s, are wanted.",
            kiosk=whose, looks=Figure(looks, 1), least=least, longest=longest,
        )  # fmt: skip
    return sentence(
        "Recognition cannot keep up: {kiosk} gets {looks} looks a second, its last mark took "
        "{seconds} s. At least {least}, and at most {longest} s, are wanted.",
        kiosk=whose, looks=Figure(looks, 1), seconds=Figure(worst.time_to_mark, 1),
        least=least, longest=longest,
    )  # fmt: skip


def _remedies(live: Mapping[str, StreamStats], machine: Machine) -> list[str]:
    found: list[str] = []
    if machine.workers < machine.cores:
        found.append(
            sentence(
                "Set WORKERS to {cores}: {workers} of {cores} processor cores recognise.",
                cores=machine.cores,
                workers=machine.workers,
            )
        )
    if machine.pack in _LARGE_PACKS and not machine.accelerated:
        found.append(
            sentence(
                "Use the smaller pack {small} instead of {pack} (MODEL_PACK): about a tenth of "
                "the work; people's photos must then be taken again.",
                small=_SMALL_PACK,
                pack=machine.pack,
            )
        )
    if len(live) > 1:
        found.append(
            sentence(
                "Run fewer than {number} cameras here; another machine takes the rest.",
                number=len(live),
            )
        )
    if not found or machine.pack == _SMALL_PACK:
        found.append(msgid("A faster processor or a GPU (MODEL_PROVIDER) helps beyond that."))
    return found


def _poor_cameras(live: Mapping[str, StreamStats]) -> list[str]:
    """Recognition has time to spare, but the pictures do not come."""
    return [
        sentence(
            "{kiosk} sends only {rate} pictures a second: check the light before its camera, its "
            "network, and whether other programs keep that device or this machine busy.",
            kiosk=name,
            rate=Figure(stats.frame_rate, 1),
        )
        for name, stats in sorted(live.items())
        if stats.frame_rate < LEAST_PICTURES
    ]
