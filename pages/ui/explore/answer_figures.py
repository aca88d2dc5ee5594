"""The figures above a chart: all of it, against the days before, and what stands out."""

from datetime import date
from math import isnan
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from face_rec.attendance.explore.answer_report import kind_of, shown
from face_rec.attendance.explore.breakdown import Answer
from face_rec.attendance.explore.question import By, Count, Measure
from face_rec.attendance.reports.report import Kind
from face_rec.attendance.terms.duration import h_mm
from pages.ui.explore.labels import label_of
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said, said_many

_WORSE: Final = (Measure.LATE, Measure.LATE_MINUTES, Measure.ABSENCES, Measure.MISSING)
_COLOURS: Final[dict[Measure, Literal["normal", "inverse"]]] = {
    Measure.ATTENDANCE: "normal",
    Measure.ON_TIME: "normal",
    **dict.fromkeys(_WORSE, "inverse"),
}
"""Where more is good, or bad; of what it is neither, a change has no colour."""


def show_figures(found: Answer, before: Answer, days: int) -> None:
    """``before``: the same of as many ``days`` before."""
    measure = found.question.measure
    with st.container(horizontal=True, gap="small"):
        st.metric(
            said(measure.what.words),
            figure(measure, found.total),
            _change(measure, found.total, before.total),
            delta_color=_COLOURS.get(measure, "off"),
            border=True,
            height="stretch",
            help=_compared(days, measure),
        )
        for label, value in _outstanding(found):
            st.metric(label, value, border=True, height="stretch")


def _compared(days: int, measure: Measure) -> str:
    return said_many(
        "Compared with the {count} day before. {meaning}",
        "Compared with the {count} days before. {meaning}",
        days,
        meaning=said(measure.what.meaning),
    )


def _outstanding(found: Answer) -> list[tuple[str, str]]:
    """The highest and the lowest of what there is, and the average; of what is split, of its
    parts. Nothing where the rows cannot be summed or there is one of them only."""
    question, split = found.question, found.question.split is not None
    measure, count = question.measure, question.measure.what.count
    if split and count is not Count.SUM:
        return []
    rows = found.frame.groupby("part" if split else "label", sort=False)["value"].sum()
    rows = rows[rows > 0]
    if len(rows) < 2:
        return []
    by = question.split or question.by
    lines = [
        (said("Highest: {name}", name=_label(by, rows.idxmax())), figure(measure, rows.max())),
        (said("Lowest: {name}", name=_label(by, rows.idxmin())), figure(measure, rows.min())),
    ]
    if count is not Count.SHARE:
        lines.append((said(by.named.average), figure(measure, _mean(rows), exact=True)))
    return lines


def _mean(rows: "pd.Series[float]") -> float:
    return float(rows.mean())


def _change(measure: Measure, now: float, before: float) -> str | None:
    if isnan(now) or isnan(before) or not before or f"{now:.1f}" == f"{before:.1f}":
        return None
    if measure.what.count is Count.SHARE:
        change = f"{now - before:+.1f}"
        return said("{change} points", change=change)
    return f"{100 * (now - before) / before:+.0f} %"


def figure(measure: Measure, value: float, *, exact: bool = False) -> str:
    """A value as people read it: hours as 8:26."""
    if isnan(value):
        return "–"
    kind = kind_of(measure)
    if kind is Kind.DURATION:
        return h_mm(shown(measure, value)) or "0:00"
    if kind is Kind.PERCENT:
        return f"{formats().number(value, 1)} %"
    return formats().number(value, 1 if exact and value % 1 else 0)


def _label(by: By, label: Any) -> str:  # noqa: ANN401 - a cell
    text = str(label)
    if by in {By.DAY, By.WEEK}:
        return formats().day_of_year(date.fromisoformat(text))
    if by is By.MONTH:
        return formats().month(date.fromisoformat(text))
    return plain(label_of(by, text))
