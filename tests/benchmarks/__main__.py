"""``python -m tests.benchmarks [--quick] [--only NAME]``: measure everything, print one table.

The results also go to ``results.json`` beside this file, with the commit they are of; it is not
committed. :mod:`tests.benchmarks.history` draws a table of several.
"""

import argparse
import importlib
import json
import sys
import time
import warnings
from dataclasses import asdict
from datetime import UTC, datetime
from math import nan
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.report import commit, machine, table
from tests.benchmarks.report.row import Row

ROOMS = {
    "journey": (
        "frame_cost",
        "time_to_mark",
        "live_faces",
        "visits",
        "visit_rates",
        "near_misses",
        "streams",
        "cameras",
        "soak",
        "start",
    ),
    "stores": (
        "matching",
        "int8_gallery",
        "vector_gallery",
        "gallery",
        "gallery_file",
        "marks",
        "recovery",
        "attendance",
        "scale",
        "long_files",
        "greeting",
        "chain",
        "journal",
        "archive",
        "model_change",
        "own_people",
        "promise",
    ),
    "process": ("commands", "serving"),
    "browser": ("transports", "pages", "kiosk", "live_line", "many_kiosks"),
}
NAMES = {
    name: f"tests.benchmarks.{room}.{name}" for room, names in ROOMS.items() for name in names
}
SLOW = {"transports", "pages", "kiosk", "many_kiosks"}
"""Left out in quick mode, unless asked for: a browser cannot be hurried."""
RESULTS = Path(__file__).with_name("results.json")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="everything in two minutes")
    parser.add_argument("--only", action="append", choices=NAMES, help="may be given repeatedly")
    wanted = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", category=FutureWarning)  # of the usual loop's libraries
    described = machine.describe()
    names = wanted.only or [n for n in NAMES if not (wanted.quick and n in SLOW)]
    rows = [row for name in names for row in _measured(name, wanted.quick)]
    print("\n" + ", ".join(f"{key} {value}" for key, value in described.items()) + "\n")
    print(table.render(rows))
    _save(rows, described, wanted.quick)
    return 0


def _measured(name: str, quick: bool) -> list[Row]:
    """The rows of one benchmark; one that cannot run here says why and stops no other."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    began = time.perf_counter()
    try:
        module: Any = importlib.import_module(NAMES[name])
        rows: list[Row] = module.run(quick)
    except (Exception, pytest.skip.Exception) as error:
        return [Row(name, nan, "", note=f"not measured: {type(error).__name__}: {error}")]
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


def _save(rows: list[Row], described: dict[str, str], quick: bool) -> None:
    results = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": asdict(commit.measured()),
        "quick": quick,
        "machine": described,
        "rows": [{**asdict(row), "reached": row.reached} for row in rows],
    }
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
