"""Ready-made checks for :class:`face_rec.web.ops.health.Health`.

Each takes what it looks at, never a whole system, and returns the check.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from face_rec.domain.health import Check, HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Sentence, listed, sentence, sentence_many

_RUNS_ON = {
    "cpu": msgid("the processor"),
    "cuda": msgid("the NVIDIA graphics card"),
    "coreml": msgid("Apple's chip"),
}
_UNREADABLE = msgid(
    "Pictures that cannot be read were set aside in DATA_DIR/spool-quarantine, each with the "
    "reason beside it. They are tried again at the next start: if a key is missing, put it into "
    "DATA_KEY first; else delete them."
)
_ASIDE = msgid(
    "They could not be read or handed on, and hold nobody up. Beside each file in "
    "DATA_DIR/journal/quarantine stands why; what failed in Redis is tried again at the next "
    "start. Marks that are missing can be added in Records."
)
_STATES = {
    "missing": msgid("missing"), "loading": msgid("loading"), "failed": msgid("failed"),
}  # fmt: skip


def told(whose: str, words: str) -> Sentence:
    """``Front door: no camera``."""
    return Sentence("{whose}: {words}", {"whose": whose, "words": words})


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


def models_check(status: Callable[[], ModelLike]) -> Check:
    """Not ready while no model is loaded: nobody can be recognised. A warning where the site uses
    another pack: what this one has made of people is removed 30 days after the switch."""

    def check() -> HealthCheck:
        now = status()
        if now.state == "ready" and now.behind:
            return HealthCheck(
                "models",
                ok=True,
                detail=sentence(
                    "{pack}, and the site uses {other}", pack=now.pack, other=now.behind
                ),
                advice=now.behind_because,
                warning=True,
            )
        if now.state == "ready":
            runs_on = _RUNS_ON.get(now.provider, now.provider)
            on = sentence("{pack}, on {processor}", pack=now.pack, processor=runs_on)
            return HealthCheck("models", ok=True, detail=on)
        says = Sentence("{pack}: {state}", {"pack": now.pack, "state": _STATES[now.state]})
        return HealthCheck("models", ok=False, detail=says, advice=now.message)

    return check


def liveness_check(
    enforcing: Callable[[], Sequence[str]], status: Callable[[], ModelLike]
) -> Check:
    """A warning while kiosks mark live faces only and no liveness models are there to tell them
    apart: such a kiosk marks nobody by face, rather than everybody. ``enforcing``: their names."""

    def check() -> HealthCheck:
        held = tuple(enforcing()) if status().lacks_liveness else ()
        if not held:
            says = msgid("nothing is asked for that cannot be told")
            return HealthCheck("liveness", ok=True, detail=says)
        return HealthCheck(
            "liveness",
            ok=True,
            detail=sentence(
                "{kiosks}: nobody is marked by face, for only live ones are to be, and there are "
                "no liveness models",
                kiosks=", ".join(held),
            ),
            advice=msgid(
                "Install the models: python -m face_rec models import --liveness FOLDER. Or "
                "choose another setting under Kiosks. PINs go on where they are allowed."
            ),
            warning=True,
        )

    return check


def cameras_check(troubles: Callable[[], Mapping[str, str]]) -> Check:
    """A warning while a kiosk that takes the pictures of one camera only cannot, or that one calls
    itself a virtual camera. ``troubles``: in words, of each such kiosk; empty: it is fine."""

    def check() -> HealthCheck:
        known = troubles()
        found = [told(kiosk, words) for kiosk, words in known.items() if words]
        if not found:
            says = sentence_many(
                "{count} kiosk demands one", "{count} kiosks demand one", len(known)
            )
            return HealthCheck("enrolled cameras", ok=True, detail=says)
        return HealthCheck(
            "enrolled cameras", ok=True, detail=listed(found, "; "), warning=True,
            advice=msgid(
                "Open the kiosk on its device, then choose under Kiosks, Edit which camera it is "
                "to have. PINs go on where they are allowed."
            ),
        )  # fmt: skip

    return check


def journal_check(
    pending: Callable[[], int], problem: Callable[[], str], aside: Callable[[], int] = lambda: 0
) -> Check:
    """Not ready while marks cannot be journalled; a warning while some wait for Redis, or
    were set aside because nothing could be done with them."""

    def check() -> HealthCheck:
        waiting, why = pending(), problem()
        if why:
            return HealthCheck(
                "journal", ok=False, detail=msgid("marks cannot be saved"), advice=why
            )
        if set_aside := aside():
            detail = sentence(
                "{aside} were set aside, {waiting} wait for the database",
                aside=Figure(set_aside), waiting=Figure(waiting),
            )  # fmt: skip
            return HealthCheck("journal", ok=True, detail=detail, advice=_ASIDE, warning=True)
        if waiting:
            advice = msgid(
                "They are safe on this machine's disk and are delivered when it is back."
            )
            detail = sentence_many(
                "{count} waits for the database", "{count} wait for the database", waiting
            )
            return HealthCheck("journal", ok=True, detail=detail, advice=advice, warning=True)
        return HealthCheck("journal", ok=True, detail=msgid("every mark is in the database"))

    return check


def snapshots_check(stats: Callable[[], SpoolLike]) -> Check:
    """Always ready, for snapshots never hold up a mark; says what keeps them waiting."""

    def check() -> HealthCheck:
        now = stats()
        left = [one for one in _left(now) if one.number]
        detail = listed(left) if left else msgid("all are stored")
        advice = now.problem or (_UNREADABLE if now.aside else "")
        return HealthCheck(
            "snapshots", ok=True, detail=detail, advice=advice, warning=bool(advice)
        )

    return check


def _left(now: SpoolLike) -> list[Sentence]:
    return [
        sentence_many("{count} waits to be stored", "{count} wait to be stored", now.pending),
        sentence_many("{count} was set aside", "{count} were set aside", now.aside),
        sentence_many(
            "{count} could not be kept since the start",
            "{count} could not be kept since the start",
            now.dropped,
        ),
    ]
