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
            self._status = CheckStatus(before.at, before.findings, before.first, str(error))
            log.warning("chain_not_checked reason=%s", error)
            return False
        first = report.first_bad
        said = first.sentence() if first else ""
        new = said and said != self._status.first
        self._status = CheckStatus(self._clock.now(), len(report.findings), said)
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
            raise StoreError("The app stops; the check is made at the next start.")
        time.sleep(_BREATH)


def chain_check(
    status: Callable[[], WitnessStatus], checked: Callable[[], CheckStatus] = CheckStatus
) -> Check:
    """A warning only: marks must go on being taken, whatever happened to the old ones.

    ``checked``: what the daily check found.
    """

    def check() -> HealthCheck:
        now, daily = status(), checked()
        if daily.findings:
            return HealthCheck(
                _NAME, ok=True, warning=True,
                detail=f"{daily.findings} findings, the first: {daily.first}",
                advice="Something was changed past the app, or cannot be read. Run: "
                "python -m face_rec verify",
            )  # fmt: skip
        if now.broken:
            return HealthCheck(
                _NAME, ok=True, warning=True, detail=now.broken,
                advice="Run: python -m face_rec verify",
            )  # fmt: skip
        if now.problem:
            return HealthCheck(
                _NAME,
                ok=True,
                warning=True,
                detail="no copy of the proof could be kept",
                advice=now.problem,
            )
        if daily.problem:
            return HealthCheck(
                _NAME, ok=True, warning=True, detail="not checked today", advice=daily.problem
            )
        kept = f"copies of the proof are kept in {' and '.join(now.places)}"
        last = f"; all was as written on {daily.at:%Y-%m-%d %H:%M} UTC" if daily.at else ""
        return HealthCheck(_NAME, ok=True, detail=kept + last)

    return check
