"""``make chaos``: every deployment under fire. ``SEED=`` and ``ROUNDS=`` (faults a row) from the
environment, or ``MINUTES=`` a row; a run that fails prints the line that repeats it. With
``RESULTS=`` what it came to is added to that file, and the table is that of all in it.
``WRITES=off`` judges the marks alone, and not what the office wrote."""

import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.chaos.deployments import ROWS
from tests.chaos.tally import Tally
from tests.chaos.world import Chaos, Result


def main() -> int:
    """Print a row a deployment; 1 if a promise was broken, or a run broke off."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 31))
    rounds = int(os.environ.get("ROUNDS") or 100)
    within = 60 * float(os.environ.get("MINUTES") or "inf")
    wrong = []
    # A server that was just killed may write a last file while the folder is removed.
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        tally = Tally(Path(os.environ.get("RESULTS") or Path(folder) / "results.jsonl"))
        for row in os.environ.get("ROW", "").split() or list(ROWS):
            begun = time.monotonic()
            flaws = _flaws(
                Path(folder) / row, row, seed,
                lambda one: one.run(rounds, within=within, told=tally.add),
            )  # fmt: skip
            sys.stderr.write(f"{row}: {time.monotonic() - begun:.0f} s\n")
            if flaws:
                wrong.append(row)
                sys.stderr.write("".join(f"{flaw}\n" for flaw in flaws))
        sys.stdout.write(tally.table())
    for row in wrong:
        sys.stderr.write(f"again: make chaos SEED={seed} ROUNDS={rounds} ROW={row}\n")
    sys.stderr.write(f"SEED={seed}\n")
    return int(bool(wrong))


def _flaws(folder: Path, row: str, seed: int, run: Callable[[Chaos], Result]) -> list[str]:
    """What was broken, or why it broke off; then what the processes left is kept."""
    folder.mkdir()
    try:
        with Chaos(folder, row, seed) as one:
            one.judges_writes = os.environ.get("WRITES") != "off"
            flaws = run(one).flaws
    except Exception:  # a fault of the test's own: what was counted before it stands
        flaws = [traceback.format_exc()]
    if flaws:
        kept = Path(tempfile.mkdtemp(prefix=f"chaos-{row}-{seed}-"))
        shutil.copytree(folder, kept, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        flaws.append(f"what was left lies in {kept}")
    return flaws


if __name__ == "__main__":
    sys.exit(main())
