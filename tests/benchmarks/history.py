"""``python -m tests.benchmarks.history``: results by commit, and how they went over time.

``add`` puts a ``results.json`` at the end of a history, ``show`` draws the table. A history is a
file of JSON lines, one a run, oldest first: what ``results.json`` holds, with null for what could
not be measured. Runs are compared only with those of the same machine (processor, cores) and the
same length: a ratio within one run tells something elsewhere too, seconds do not.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.report import table

HERE = Path(__file__).parent
RESULTS, HISTORY = HERE / "results.json", HERE / "history.jsonl"
WORSE = 0.2
"""By this share of the earlier median a figure with a target must be off before it is called
worse: one run on a shared machine differs from the next by 10 % and more."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one run; ``at_least`` says that more is better, None that nobody said."""

    value: float
    unit: str
    at_least: bool | None


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the history."""

    at: str
    commit: str
    changed: bool
    machine: str
    figures: dict[str, Figure]

    @property
    def title(self) -> str:
        """``2026-05-01 1a2b3c4``, with a + where files differed from the commit."""
        return f"{self.at[:10]} {self.commit[:7] or '–'}{'+' if self.changed else ''}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.history", description=__doc__
    )
    parser.add_argument("--history", type=Path, default=HISTORY, help="%(default)s")
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="put a result at the end")
    adding.add_argument("results", type=Path, nargs="?", default=RESULTS)
    showing = commands.add_parser("show", help="draw the table, as Markdown")
    showing.add_argument("--last", type=int, default=8, help="runs of each machine")
    wanted = parser.parse_args(arguments)
    if wanted.command == "add":
        add(wanted.results, wanted.history)
    else:
        print(show(read(wanted.history), wanted.last))
    return 0


def add(results: Path, history: Path) -> None:
    """Append ``results``; a run that is there already is not added again."""
    line = json.dumps(_without_nan(json.loads(results.read_text("utf-8"))), ensure_ascii=False)
    known = history.read_text("utf-8").splitlines() if history.exists() else []
    if line not in known:
        history.write_text("\n".join([*known, line]) + "\n", encoding="utf-8")


def read(history: Path) -> list[Run]:
    """The runs, oldest first; none where there is no such file."""
    lines = history.read_text("utf-8").splitlines() if history.exists() else []
    return sorted((_run(json.loads(line)) for line in lines), key=lambda run: run.at)


def show(runs: Iterable[Run], last: int) -> str:
    """A table for each machine: a row a figure, a column a run, the newest on the right."""
    by_machine: dict[str, list[Run]] = {}
    for run in runs:
        by_machine.setdefault(run.machine, []).append(run)
    if not by_machine:
        return "Nothing has been measured yet: make bench, then this command with add."
    parts = [f"**{name}**\n\n{_table(them[-last:])}" for name, them in by_machine.items()]
    return "\n\n".join(parts)


def change(earlier: Sequence[float], figure: Figure) -> str:
    """How the newest figure differs from the median of those before: ``+12 %``."""
    before = [value for value in earlier if not isnan(value)]
    middle = median(before) if before else 0.0
    if not middle or isnan(figure.value):
        return ""
    by = figure.value / middle - 1
    off = -by if figure.at_least else by
    worse = " worse" if figure.at_least is not None and off > WORSE else ""
    return f"{by:+.0%}".replace("%", " %") + worse


def _table(runs: Sequence[Run]) -> str:
    names = list(dict.fromkeys(name for run in reversed(runs) for name in run.figures))
    head = ("what", *(run.title for run in runs), "change")
    return table.aligned([head, *(_row(name, runs) for name in names)])


def _row(name: str, runs: Sequence[Run]) -> tuple[str, ...]:
    found = [run.figures.get(name) for run in runs]
    values = [nan if figure is None else figure.value for figure in found]
    cells = [
        "" if figure is None else f"{table.number(figure.value)} {figure.unit}" for figure in found
    ]
    newest = found[-1]
    return name, *cells, "" if newest is None else change(values[:-1], newest)


def _run(line: dict[str, Any]) -> Run:
    described, commit = line["machine"], line.get("commit") or {}
    length = "quick" if line["quick"] else "full"
    return Run(
        at=line["at"],
        commit=commit.get("id", ""),
        changed=commit.get("changed", False),
        machine=f"{described['processor']}, {described['cores']} cores, {length}",
        figures={row["name"]: _figure(row) for row in line["rows"]},
    )


def _figure(row: dict[str, Any]) -> Figure:
    value = nan if row["value"] is None else float(row["value"])
    return Figure(value, row["unit"], None if row["target"] is None else row["at_least"])


def _without_nan(value: Any) -> Any:  # noqa: ANN401 - JSON
    """NaN is no JSON: other programs would stop at it."""
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and isnan(value) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
