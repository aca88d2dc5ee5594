"""Whether the chain of marks is witnessed, and whether what was witnessed still stands."""

from collections.abc import Callable

from face_rec.entities import HealthCheck
from face_rec.stores.chain_watch import WitnessStatus

Check = Callable[[], HealthCheck]
_NAME = "chain"


def chain_check(status: Callable[[], WitnessStatus]) -> Check:
    """A warning only: marks must go on being taken, whatever happened to the old ones."""

    def check() -> HealthCheck:
        now = status()
        if now.broken:
            return HealthCheck(
                _NAME, ok=True, warning=True, detail=now.broken,
                advice="Run: python -m face_rec verify",
            )  # fmt: skip
        if now.problem:
            return HealthCheck(
                _NAME, ok=True, warning=True, detail="not witnessed", advice=now.problem
            )
        return HealthCheck(_NAME, ok=True, detail=f"witnessed in {' and '.join(now.places)}")

    return check
