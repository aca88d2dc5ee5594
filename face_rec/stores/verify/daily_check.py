"""The check of the chain that nobody has to remember: soon after the start, then once a day; and
what ``/readyz`` says of the chain."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many
from face_rec.protocols.models import Progress
from face_rec.stores.verify.chain_report import Report, WitnessStatus

log = logging.getLogger(__name__)

Check = Callable[[], HealthCheck]
_NAME: Final = "chain"

DAILY: Final = 24 * 3600.0
_FIRST_AFTER: Final = 300.0  # seconds; let the app start, and a queue at the door pass
_AGAIN_AFTER: Final = 600.0  # seconds, when Redis or the bucket was away
_BREATH: Final = 0.02  # seconds between two days, so that recognition has the processor first


class Verified(Protocol):
    """What checks the chain."""

    def verify(self, progress: Progress | None = None) -> Report:
        """Raises StoreError."""
        ...


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """The last check: when, how much was wrong, and the first of it in words. ``problem``: why
    there could be none."""

    at: datetime | None = None
    findings: int = 0
    first: str = ""
    problem: str = ""


class DailyCheck:
    """A thread that checks everything and raises the alarm. ``alarm`` is called there, once
    for each new result that is not whole."""

    def __init__(
        self,
        chain: Verified,
        alarm: Callable[[Report], None],
        clock: Clock,
        *,
        first_after: float = _FIRST_AFTER,
        every: float = DAILY,
    ) -> None:
        self._chain = chain
        self._alarm = alarm
        self._clock = clock
        self._first_after = first_after
        self._every = every
        self._status = CheckStatus()
        self._thread = Background("chain-daily-check", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop; a check under way ends with its thread."""
        self._thread.stop(5)

    def status(self) -> CheckStatus:
        return self._status

    def check(self) -> bool:
        """Check once; False if something was away."""
        try:
            report = self._chain.verify(self._breathe)
        except StoreError as error:
            before = self._status
            self._status = CheckStatus(before.at, before.findings, before.first, error.said)
            log.warning("chain_not_checked reason=%s", error)
            return False
        first = report.first_bad
        words = first.sentence() if first else ""
        new = words and words != self._status.first
        self._status = CheckStatus(self._clock.now(), len(report.findings), words)
        if new:
            kinds = sorted({finding.flaw.value for finding in report.findings})
            log.error("chain_broken findings=%d kinds=%s", len(report.findings), ",".join(kinds))
            self._alarm(report)
        return True

    def _run(self) -> None:
        wait = self._first_after
        while not self._thread.stopping.wait(wait):
            wait = self._every if self.check() else _AGAIN_AFTER

    def _breathe(self, done: int, total: int) -> None:  # noqa: ARG002
        if self._thread.stopping.is_set():
            raise StoreError(msgid("The app stops; the check is made at the next start."))
        time.sleep(_BREATH)


def chain_check(
    status: Callable[[], WitnessStatus], checked: Callable[[], CheckStatus] = CheckStatus
) -> Check:
    """A warning only: marks must go on being taken, whatever happened to the old ones.

    ``checked``: what the daily check found.
    """

    def check() -> HealthCheck:
        now, daily = status(), checked()
        wrong = _wrong(now, daily)
        if wrong is None:
            return HealthCheck(_NAME, ok=True, detail=_kept(now, daily))
        detail, advice = wrong
        return HealthCheck(_NAME, ok=True, warning=True, detail=detail, advice=advice)

    return check


def _wrong(now: WitnessStatus, daily: CheckStatus) -> tuple[str, str] | None:
    """What is wrong, the worst first, and what to do; None: nothing."""
    if daily.findings:
        found = sentence_many(
            "{count} finding: {first}", "{count} findings, the first: {first}",
            daily.findings, first=daily.first,
        )  # fmt: skip
        return found, msgid(
            "Something was changed past the app, or cannot be read. Run: python -m face_rec verify"
        )
    if now.broken:
        return now.broken, msgid("Run: python -m face_rec verify")
    if now.problem:
        return msgid("no copy of the proof could be kept"), now.problem
    if daily.problem:
        return msgid("not checked today"), daily.problem
    return None


def _kept(now: WitnessStatus, daily: CheckStatus) -> str:
    places = " and ".join(now.places)
    if daily.at is None:
        return sentence("copies of the proof are kept in {places}", places=places)
    return sentence(
        "copies of the proof are kept in {places}; all was as written on {time} UTC",
        places=places,
        time=f"{daily.at:%Y-%m-%d %H:%M}",
    )
