"""``make chaos``: every deployment under fire. ``SEED=`` and ``ROUNDS=`` (faults a row) from the
environment, or ``MINUTES=`` a row; a run that fails prints the line that repeats it."""

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.deployments import ROWS
from tests.chaos.world import Chaos, Result


def main() -> int:
    """Print a row a deployment; 1 if a promise was broken."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 31))
    rounds = int(os.environ.get("ROUNDS") or 100)
    rows = os.environ.get("ROW", "").split() or list(ROWS)
    within = 60 * float(os.environ.get("MINUTES") or "inf")
    sys.stdout.write(
        "| deployment | rounds | faults | confirmed | lost | doubled | recovery, longest |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    broken = False
    for row in rows:
        begun = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="chaos-") as folder,
            Chaos(Path(folder), row, seed) as one,
        ):
            result = one.run(rounds, within=within)
        sys.stdout.write(_line(row, result))
        sys.stdout.flush()
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(result.faults.items()))
        sys.stderr.write(f"{row}: {time.monotonic() - begun:.0f} s; {kinds}\n")
        if result.flaws:
            broken = True
            sys.stderr.write("\n".join(result.flaws) + "\n")
            sys.stderr.write(f"again: make chaos SEED={seed} ROUNDS={rounds} ROW={row}\n")
    sys.stderr.write(f"SEED={seed}\n")
    return int(broken)


def _line(row: str, result: Result) -> str:
    lost = sum(flaw.startswith("lost") for flaw in result.flaws)
    twice = sum(flaw.startswith(("twice", "within")) for flaw in result.flaws)
    longest = max(result.recoveries, default=0.0)
    faults = sum(result.faults.values())
    counts = f"{result.rounds:,} | {faults:,} | {result.confirmed:,} | {lost} | {twice}"
    return f"| {row} | {counts} | {longest:.1f} s |\n"


if __name__ == "__main__":
    sys.exit(main())
