"""``make test-clock``: the tests as they are at another hour, on another day, in another zone.

What a test assumes of the moment at which it runs shows only then. Each run begins some minutes
before what may matter, so that it happens while tests run; ``tests/clock.c``, which needs a C
compiler and Linux, moves the clock of the tests and of every server that they start.
``python -m tests.clock tests/unit/pages`` runs some of the tests.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_SOURCE = Path(__file__).with_suffix(".c")
_TESTS = ["tests/unit", "tests/integration", "-m", "not browser and not slow and not models"]
_SWIFT = ["-q", "-n", "logical", "--dist", "worksteal", "--hypothesis-profile", "fast"]

MOMENTS = (
    ("2026-12-31T23:57", "UTC"),
    ("2027-02-28T23:57", "Europe/Berlin"),  # a Sunday, and a month's last
    ("2027-03-28T01:57", "Europe/Berlin"),  # 02:00 becomes 03:00
    ("2027-11-07T01:57", "America/New_York"),  # 02:00 becomes 01:00
    ("2027-05-01T00:01", "Pacific/Auckland"),  # in UTC it is April, and noon
    ("2028-02-29T09:15", "Asia/Kolkata"),
)


def shift(moment: str, zone: str, now: datetime) -> int:
    """Seconds from ``now`` to the moment that clocks in ``zone`` show."""
    there = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
    return round((there - now).total_seconds())


def build(folder: Path) -> Path:
    """The library that moves the clock of what it is preloaded into."""
    library = folder / "clock.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-fno-builtin", "-o", str(library)]
    subprocess.run([*command, str(_SOURCE), "-ldl"], check=True)
    return library


def environment(library: Path, moment: str, zone: str) -> dict[str, str]:
    seconds = shift(moment, zone, datetime.now(UTC))
    return {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(seconds), "TZ": zone}


def main(words: list[str]) -> int:
    """0 when all runs passed."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        for moment, zone in MOMENTS:
            sys.stdout.write(f"\n=== from {moment} in {zone}\n")
            sys.stdout.flush()
            command = [sys.executable, "-m", "pytest", *_SWIFT, *(words or _TESTS)]
            ended = subprocess.run(
                command, check=False, env=os.environ | environment(library, moment, zone)
            )
            if ended.returncode:
                failed.append(f"{moment} in {zone}")
    sys.stdout.write(f"\nFailed from: {', '.join(failed) or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
