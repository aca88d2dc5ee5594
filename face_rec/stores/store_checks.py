"""What ``doctor`` asks of Redis and of the snapshots' place beyond what ``/readyz`` does."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.redis.client import Client, redis_errors

Check = Callable[[], HealthCheck]
_FEW_SECONDS: Final = 5.0
_PROBE: Final = b"\xff\xd8 written by doctor, removed at once \xff\xd9"


def aside_check(data_dir: Path) -> Check:
    """A warning when something was set aside because it could not be read or handed on."""
    folders = {
        "journal entries": Quarantine(data_dir / "journal" / "quarantine"),
        "pictures": Quarantine(data_dir / "spool-quarantine"),
    }

    def check() -> HealthCheck:
        found = {what: one.all() for what, one in folders.items()}
        words = [f"{len(some)} {what}" for what, some in found.items() if some]
        if not words:
            return HealthCheck("set aside", ok=True, detail="nothing")
        first = next(some[0] for some in found.values() if some)
        where = " and ".join(str(folders[what].folder) for what, some in found.items() if some)
        advice = (
            f"Look into {where}: beside each file stands why, {first.name} for one: "
            f"{first.reason} They are tried again at the next start of the app; what you do not "
            "need any more, delete."
        )
        detail = " and ".join(words)
        return HealthCheck("set aside", ok=True, detail=detail, advice=advice, warning=True)

    return check


def redis_clock_check(client: Client, clock: Clock) -> Check:
    """A warning when this machine and Redis disagree about the time."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                answer: Any = client.time()
        except StoreError:
            return HealthCheck("clock and redis", ok=True, detail="not known, Redis is away")
        there = datetime.fromtimestamp(answer[0] + answer[1] / 1e6, UTC)
        apart = abs((clock.now() - there).total_seconds())
        close = apart <= _FEW_SECONDS
        advice = "" if close else (
            "Marks would get wrong times, and midnight would fall differently on each machine. "
            "Switch on NTP here and on the Redis server: timedatectl set-ntp true"
        )  # fmt: skip
        return HealthCheck(
            "clock and redis", ok=True, detail=f"{apart:.1f} s apart", advice=advice,
            warning=not close,
        )  # fmt: skip

    return check


def snapshots_check(store: SnapshotStore, where: str) -> Check:
    """Write, read and remove a probe; failed if any of the three is."""

    def check() -> HealthCheck:
        key = f"doctor/{secrets.token_hex(8)}.jpg"
        try:
            store.put(key, _PROBE)
            same = store.get(key) == _PROBE
            store.delete(key)
        except (StoreError, OSError) as error:
            return HealthCheck("snapshots", ok=False, detail=where, advice=str(error))
        advice = "" if same else "What was written reads differently. Check the disk or server."
        return HealthCheck("snapshots", same, f"{where}: written, read, removed", advice)

    return check
