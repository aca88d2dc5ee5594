"""The one table that everything measured ends up in."""

from collections.abc import Iterable
from math import isnan

from tests.benchmarks.row import Row

_HEAD = ("what", "measured", "target", "", "note")


def render(rows: Iterable[Row]) -> str:
    """Markdown, aligned so that it reads well in a terminal too."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(_HEAD) - 1)]
    lines = [_line(line, widths) for line in cells]
    rule = "|".join(["", *("-" * (width + 2) for width in widths), "---", ""])
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return "| " + " | ".join([*padded, cells[-1]]) + " |"


def _cells(row: Row) -> tuple[str, ...]:
    target = ""
    if row.target is not None:
        target = f"{'≥' if row.at_least else '≤'} {_number(row.target)} {row.unit}"
    verdict = {True: "yes", False: "NO", None: ""}[row.reached]
    return row.name, f"{_number(row.value)} {row.unit}", target, verdict, row.note


def _number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if isnan(value):
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
