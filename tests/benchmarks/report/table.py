"""The one table that everything measured ends up in."""

from collections.abc import Iterable, Sequence
from math import isnan

from tests.benchmarks.report.row import Row

_HEAD = ("what", "measured", "target", "", "note")


def render(rows: Iterable[Row]) -> str:
    """All that was measured, with what was promised."""
    return aligned([_HEAD, *(_cells(row) for row in rows)])


def aligned(cells: Sequence[tuple[str, ...]]) -> str:
    """Markdown, aligned so that it reads well in a terminal too; the first line is the head."""
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]) - 1)]
    lines = [_line(line, widths) for line in cells]
    rule = "|".join(["", *("-" * (width + 2) for width in widths), "---", ""])
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return "| " + " | ".join([*padded, cells[-1]]) + " |"


def _cells(row: Row) -> tuple[str, ...]:
    target = ""
    if row.target is not None:
        target = f"{'≥' if row.at_least else '≤'} {number(row.target)} {row.unit}"
    verdict = {True: "yes", False: "NO", None: ""}[row.reached]
    return row.name, f"{number(row.value)} {row.unit}", target, verdict, row.note


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if isnan(value):
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
