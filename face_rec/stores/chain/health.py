"""Whether the chain of marks is witnessed, and whether what was witnessed still stands."""

from collections.abc import Callable

from face_rec.domain.health import HealthCheck
from face_rec.stores.chain.patrol import PatrolStatus
from face_rec.stores.chain.watch import WitnessStatus

Check = Callable[[], HealthCheck]
_NAME = "chain"


def chain_check(
    status: Callable[[], WitnessStatus], checked: Callable[[], PatrolStatus] = PatrolStatus
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
                advice="Something was changed past the app. Run: python -m face_rec verify",
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
