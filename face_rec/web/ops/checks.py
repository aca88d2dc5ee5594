"""Ready-made checks for :class:`face_rec.web.ops.health.Health`.

Each takes what it looks at, never a whole system, and returns the check.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from face_rec.background import Status
from face_rec.domain.health import HealthCheck
from face_rec.web.gate.shedding import Overload, Shed
from face_rec.web.ops.health import Check

_MIB = 1024**2
_GB = 10**9
_RUNS_ON = {"cpu": "the processor", "cuda": "the NVIDIA graphics card", "coreml": "Apple's chip"}
_UNREADABLE = (
    "Pictures that cannot be read were set aside in DATA_DIR/spool-quarantine, each with the "
    "reason beside it. They are tried again at the next start: if a key is missing, put it into "
    "DATA_KEY first; else delete them."
)
_ASIDE = (
    "They could not be read or handed on, and hold nobody up. Beside each file in "
    "DATA_DIR/journal/quarantine stands why; what failed in Redis is tried again at the next "
    "start. Marks that are missing can be added in Records."
)


class ModelLike(Protocol):
    """What is asked of a model status."""

    @property
    def state(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def pack(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def lacks_liveness(self) -> bool: ...
    @property
    def behind(self) -> str: ...
    @property
    def behind_because(self) -> str: ...


class GalleryLike(Protocol):
    """What is asked of a gallery's status."""

    @property
    def ready(self) -> bool: ...
    @property
    def people(self) -> int: ...
    @property
    def loading(self) -> tuple[int, int] | None: ...
    @property
    def error(self) -> str: ...
    @property
    def blind(self) -> bool: ...


class SpoolLike(Protocol):
    """What is asked of the snapshot spool's figures."""

    @property
    def pending(self) -> int: ...
    @property
    def dropped(self) -> int: ...
    @property
    def aside(self) -> int: ...
    @property
    def problem(self) -> str: ...


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def models_check(status: Callable[[], ModelLike]) -> Check:
    """Not ready while no model is loaded: nobody can be recognised. A warning where the site uses
    another pack: what this one has made of people is removed 30 days after the switch."""

    def check() -> HealthCheck:
        now = status()
        if now.state == "ready" and now.behind:
            return HealthCheck(
                "models",
                ok=True,
                detail=f"{now.pack}, and the site uses {now.behind}",
                advice=now.behind_because,
                warning=True,
            )
        if now.state == "ready":
            runs_on = _RUNS_ON.get(now.provider, now.provider)
            return HealthCheck("models", ok=True, detail=f"{now.pack}, on {runs_on}")
        return HealthCheck(
            "models", ok=False, detail=f"{now.pack}: {now.state}", advice=now.message
        )

    return check


def liveness_check(
    enforcing: Callable[[], Sequence[str]], status: Callable[[], ModelLike]
) -> Check:
    """A warning while kiosks mark live faces only and no liveness models are there to tell them
    apart: such a kiosk marks nobody by face, rather than everybody. ``enforcing``: their names."""

    def check() -> HealthCheck:
        held = tuple(enforcing()) if status().lacks_liveness else ()
        if not held:
            says = "nothing is asked for that cannot be told"
            return HealthCheck("liveness", ok=True, detail=says)
        return HealthCheck(
            "liveness",
            ok=True,
            detail=f"{', '.join(held)}: nobody is marked by face, for only live ones are to be, "
            "and there are no liveness models",
            advice="Install the models: python -m face_rec models import --liveness FOLDER. Or "
            "choose another setting under Kiosks. PINs go on where they are allowed.",
            warning=True,
        )

    return check


def cameras_check(troubles: Callable[[], Mapping[str, str]]) -> Check:
    """A warning while a kiosk that takes the pictures of one camera only cannot, or that one calls
    itself a virtual camera. ``troubles``: in words, of each such kiosk; empty: it is fine."""

    def check() -> HealthCheck:
        known = troubles()
        found = [f"{kiosk}: {words}" for kiosk, words in known.items() if words]
        if not found:
            says = f"{len(known)} kiosks demand one"
            return HealthCheck("enrolled cameras", ok=True, detail=says)
        return HealthCheck(
            "enrolled cameras", ok=True, detail="; ".join(found), warning=True,
            advice="Open the kiosk on its device, then choose under Kiosks, Edit which camera it "
            "is to have. PINs go on where they are allowed.",
        )  # fmt: skip

    return check


def gallery_check(status: Callable[[], GalleryLike]) -> Check:
    """Not ready before the first load; a warning when it cannot keep up afterwards."""

    def check() -> HealthCheck:
        now = status()
        detail = f"{_people(now.people)} can be recognised"
        if not now.ready:
            return HealthCheck("gallery", ok=False, detail=_read(now.loading), advice=now.error)
        if now.blind:
            there = f", {_read(now.loading)}" if now.loading else ""
            detail = f"nobody can be recognised{there}"
            return HealthCheck("gallery", ok=False, detail=detail, advice=now.error)
        if now.error:
            advice = f"{now.error} Who was registered before is still recognised."
            return HealthCheck("gallery", ok=True, detail=detail, advice=advice, warning=True)
        return HealthCheck("gallery", ok=True, detail=detail)

    return check


def _read(loading: tuple[int, int] | None) -> str:
    if loading is None:
        return "the faces of the people were not read from the database yet"
    done, total = loading
    return f"the faces of {done:,} of {total:,} people were read from the database"


def accuracy_check(templates: Callable[[], int], largest: Callable[[], int | None]) -> Check:
    """A warning beyond the number of templates for which the model's threshold was measured.

    ``largest`` answers None while no model is loaded.
    """

    def check() -> HealthCheck:
        here, most = templates(), largest()
        if most is None or here <= most:
            fits = "the model was measured with as many photos as are enrolled"
            return HealthCheck("accuracy", ok=True, detail=fits if most else "no model is loaded")
        return HealthCheck(
            "accuracy",
            ok=True,
            detail=f"{here:,} photos of people are enrolled, and the model was measured with up "
            f"to {most:,}",
            advice="How rarely it takes a stranger for one of so many, nobody has measured. Use a "
            "larger model pack, or measure this one on your own people: page Models, or python -m "
            "face_rec calibrate",
            warning=True,
        )

    return check


def journal_check(
    pending: Callable[[], int], problem: Callable[[], str], aside: Callable[[], int] = lambda: 0
) -> Check:
    """Not ready while marks cannot be journalled; a warning while some wait for Redis, or
    were set aside because nothing could be done with them."""

    def check() -> HealthCheck:
        waiting, why = pending(), problem()
        if why:
            return HealthCheck("journal", ok=False, detail="marks cannot be saved", advice=why)
        if set_aside := aside():
            detail = f"{set_aside} were set aside, {waiting} wait for the database"
            return HealthCheck("journal", ok=True, detail=detail, advice=_ASIDE, warning=True)
        if waiting:
            advice = "They are safe on this machine's disk and are delivered when it is back."
            detail = f"{waiting} wait for the database"
            return HealthCheck("journal", ok=True, detail=detail, advice=advice, warning=True)
        return HealthCheck("journal", ok=True, detail="every mark is in the database")

    return check


def snapshots_check(stats: Callable[[], SpoolLike]) -> Check:
    """Always ready, for snapshots never hold up a mark; says what keeps them waiting."""

    def check() -> HealthCheck:
        now = stats()
        left = [(now.pending, "wait to be stored"), (now.aside, "were set aside")]
        left += [(now.dropped, "could not be kept since the start")]
        told = ", ".join(f"{number} {what}" for number, what in left if number)
        detail = told or "all are stored"
        advice = now.problem or (_UNREADABLE if now.aside else "")
        return HealthCheck(
            "snapshots", ok=True, detail=detail, advice=advice, warning=bool(advice)
        )

    return check


def disk_check(folder: Path, low: int = 2048 * _MIB, full: int = 200 * _MIB) -> Check:
    """Not ready below ``full`` bytes of free space, a warning below ``low``."""

    def check() -> HealthCheck:
        free = shutil.disk_usage(folder).free
        advice = "" if free >= low else f"Free some space on the disk that holds {folder}."
        detail = f"{free / _GB:,.1f} GB free"
        return HealthCheck("disk", free >= full, detail, advice, warning=full <= free < low)

    return check


def background_check(statuses: Callable[[], Sequence[Status]]) -> Check:
    """Always ready; a warning while a thread of ours keeps failing and being started again."""

    def check() -> HealthCheck:
        now = statuses()
        bad = [one for one in now if one.problem or not one.alive]
        if not bad:
            fine = "everything that works by itself is at work"
            return HealthCheck("background", ok=True, detail=fine)
        parts = ", ".join(
            f"{one.name} ({one.failures} ×: {one.problem or 'it ended'})" for one in bad
        )
        words = f"something that works by itself fails again and again: {parts}"
        advice = "It is started again by itself; the log says what happened. Please report it."
        return HealthCheck("background", ok=True, detail=words, advice=advice, warning=True)

    return check


def speed_check(advice: Callable[[], Sequence[str]]) -> Check:
    """Always ready, for slow is not broken; a warning with what to change while there is any."""

    def check() -> HealthCheck:
        told = advice()
        detail = "attention needed" if told else "cameras and recognition keep up"
        return HealthCheck(
            "speed", ok=True, detail=detail, advice=" ".join(told), warning=bool(told)
        )

    return check


_SHED_WORDS = {
    Shed.PAGES: "new pages and the API wait",
    Shed.VIEW: "new pages and the API wait, and kiosks show less often what their cameras see",
    Shed.PICTURES: "new pages and the API wait, and kiosks show and send fewer pictures",
}


def load_check(load: Overload) -> Check:
    """Always ready, for marks are made as before; a warning while anything gives way to them."""

    def check() -> HealthCheck:
        level, late = load.level, f"{load.late:.2f} s late"
        if level is Shed.NOTHING:
            return HealthCheck("load", ok=True, detail=f"nothing waits ({late})")
        advice = "Close pages that nobody needs, or give the app more processors."
        detail = f"{_SHED_WORDS[level]} ({late})"
        return HealthCheck("load", ok=True, detail=detail, advice=advice, warning=True)

    return check
