"""How the archive is, for /readyz, the page System, /metrics and ``doctor``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence, stored

LATE: Final = 60.0
"""Seconds behind from which somebody should know; kiosks and pages do not wait for it."""


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """How the archive is, as this process knows it. ``complete_at``: all that Redis held then is
    archived, None before the first time; ``problem``: why it is not done, or ""; ``parted``:
    which lists do not go on from what was archived."""

    complete_at: datetime | None = None
    problem: str = ""
    parted: str = ""

    def lag(self, now: datetime) -> float | None:
        """Seconds that the archive is behind at most; None before it was complete once."""
        return max(0.0, (now - self.complete_at).total_seconds()) if self.complete_at else None


def archive_check(
    status: Callable[[], ArchiveStatus], now: Callable[[], datetime]
) -> Callable[[], HealthCheck]:
    """A warning where the archive is late or lists do not fit; never a failure: Redis has all."""

    def check() -> HealthCheck:
        found = status()
        detail, advice = _words(found, found.lag(now()))
        return HealthCheck("archive", ok=True, detail=detail, advice=advice, warning=bool(advice))

    return check


def _words(status: ArchiveStatus, lag: float | None) -> tuple[str, str]:
    """What is, and what to do."""
    behind = msgid("not complete yet")
    if lag is not None:
        behind = sentence("{seconds} s behind", seconds=Figure(lag))
    if status.problem:
        return sentence("waits, {behind}", behind=behind), sentence(
            "{problem} What is not archived yet stays in Redis, and copying goes on by itself "
            "when the archive can be written.",
            problem=stored(status.problem),
        )
    if status.parted:
        return sentence("{behind}, but some lists do not fit", behind=behind), sentence(
            "{parted} Run: python -m face_rec archive verify", parted=stored(status.parted)
        )
    if lag is not None and lag > LATE:
        return behind, msgid(
            "Copying takes longer than writing, or the process that copies has gone: look into "
            "the log of each app for archive_."
        )
    return behind, ""
