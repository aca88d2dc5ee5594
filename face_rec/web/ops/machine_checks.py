"""Ready-made checks of the machine and of what works on it: disk, threads, speed, load."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from face_rec.background import Status
from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Sentence, listed, sentence
from face_rec.web.gate.shedding import Overload, Shed

_MIB = 1024**2
_GB = 10**9


def disk_check(folder: Path, low: int = 2048 * _MIB, full: int = 200 * _MIB) -> Check:
    """Not ready below ``full`` bytes of free space, a warning below ``low``."""

    def check() -> HealthCheck:
        free = shutil.disk_usage(folder).free
        advice = sentence("Free some space on the disk that holds {folder}.", folder=folder)
        detail = sentence("{size} GB free", size=Figure(free / _GB, 1))
        return HealthCheck(
            "disk", free >= full, detail, advice if free < low else "", warning=full <= free < low
        )

    return check


def background_check(statuses: Callable[[], Sequence[Status]]) -> Check:
    """Always ready; a warning while a thread of ours keeps failing and being started again."""

    def check() -> HealthCheck:
        now = statuses()
        bad = [one for one in now if one.problem or not one.alive]
        if not bad:
            fine = msgid("everything that works by itself is at work")
            return HealthCheck("background", ok=True, detail=fine)
        parts = ", ".join(
            f"{one.name} ({one.failures} ×: {one.problem or 'it ended'})" for one in bad
        )
        words = sentence(
            "something that works by itself fails again and again: {parts}", parts=parts
        )
        advice = msgid(
            "It is started again by itself; the log says what happened. Please report it."
        )
        return HealthCheck("background", ok=True, detail=words, advice=advice, warning=True)

    return check


def speed_check(advice: Callable[[], Sequence[str]]) -> Check:
    """Always ready, for slow is not broken; a warning with what to change while there is any."""

    def check() -> HealthCheck:
        told = advice()
        detail = msgid("attention needed") if told else msgid("cameras and recognition keep up")
        return HealthCheck(
            "speed", ok=True, detail=detail, advice=listed(told, " "), warning=bool(told)
        )

    return check


_SHED_WORDS = {
    Shed.PAGES: msgid("new pages and the API wait"),
    Shed.VIEW: msgid(
        "new pages and the API wait, and kiosks show less often what their cameras see"
    ),
    Shed.PICTURES: msgid("new pages and the API wait, and kiosks show and send fewer pictures"),
}


def load_check(load: Overload) -> Check:
    """Always ready, for marks are made as before; a warning while anything gives way to them."""

    def check() -> HealthCheck:
        level, late = load.level, sentence("{seconds} s late", seconds=Figure(load.late, 2))
        if level is Shed.NOTHING:
            return HealthCheck(
                "load", ok=True, detail=sentence("nothing waits ({late})", late=late)
            )
        advice = msgid("Close pages that nobody needs, or give the app more processors.")
        detail = Sentence("{words} ({late})", {"words": _SHED_WORDS[level], "late": late})
        return HealthCheck("load", ok=True, detail=detail, advice=advice, warning=True)

    return check
