"""The chart of an answer, in the site's colours, and the figures above it."""

from datetime import date
from math import isnan
from typing import Any, Final, Literal

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.attendance.explore.answer_report import kind_of, shown
from face_rec.attendance.explore.breakdown import Answer
from face_rec.attendance.explore.question import By, Count, Measure, Question
from face_rec.attendance.reports.report import Kind
from face_rec.attendance.terms.duration import h_mm
from pages.ui.explore.labels import in_words_of, label_of
from pages.ui.shared.charts import ACCENT, days_axis, months_axis
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said, said_many

MOST_BARS: Final = 20
MOST_PARTS: Final = 8
_COLOURS: Final = (
    "#0f766e", "#d98a00", "#5b94d6", "#9b7fc0", "#d2382f", "#58b3bd", "#7a8b2f", "#8fa3b5",
)  # fmt: skip


def chart_of(answer: Answer) -> alt.Chart:
    """Bars over time, lines of shares over time, or the greatest first. What is more than it
    shows is in the table."""
    frame = _drawn(answer)
    if not answer.question.by.timed:
        return _across(answer.question, frame)
    if answer.question.measure.what.count is Count.SHARE and _dated(answer.question.by):
        return _line(answer, frame)
    return _upright(answer, frame)


def left_out(answer: Answer) -> str:
    """In words, what of it the chart does not show."""
    bars = len(answer.labels) if not answer.question.by.timed else 0
    parts = len(answer.parts)
    values = {"bars": MOST_BARS, "all_bars": bars, "parts": MOST_PARTS, "all_parts": parts}
    if bars > MOST_BARS and parts > MOST_PARTS:
        return said(
            "The chart shows the {bars} greatest of {all_bars} and {parts} of {all_parts} parts; "
            "the table has all.",
            **values,
        )
    if bars > MOST_BARS:
        return said(
            "The chart shows the {bars} greatest of {all_bars}; the table has all.", **values
        )
    if parts > MOST_PARTS:
        return said("The chart shows {parts} of {all_parts} parts; the table has all.", **values)
    return ""


def _drawn(answer: Answer) -> pd.DataFrame:
    frame = in_words_of(answer, answer.frame.dropna(subset=["value"]))
    if len(answer.parts) > MOST_PARTS:
        sizes = frame.groupby("part")["value"].sum().nlargest(MOST_PARTS)
        frame = frame[frame["part"].isin(sizes.index)]
    if not answer.question.by.timed:
        sizes = frame.groupby("label")["value"].sum().nlargest(MOST_BARS)
        frame = frame[frame["label"].isin(sizes.index) & (frame["value"] > 0)]
    return frame


def _across(question: Question, frame: pd.DataFrame) -> alt.Chart:
    share = question.measure.what.count is Count.SHARE
    bars = alt.Chart(frame).mark_bar(cornerRadiusEnd=3)
    if share and question.split is not None:
        bars = bars.encode(yOffset=alt.YOffset("part:N"))
    rows = frame["label"].nunique() * (frame["part"].nunique() if share else 1)
    chart: alt.Chart = bars.encode(
        y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=190)),
        x=_value(alt.X, question),
        color=_colour(question, frame),
        tooltip=_tooltip(question),
    ).properties(height=28 * rows + 80)
    return chart


def _upright(answer: Answer, frame: pd.DataFrame) -> alt.Chart:
    question = answer.question
    bars = alt.Chart(frame).mark_bar(cornerRadius=1)
    if question.measure.what.count is Count.SHARE and question.split is not None:
        bars = bars.encode(xOffset=alt.XOffset("part:N"))
    chart: alt.Chart = bars.encode(
        x=_over(answer),
        y=_value(alt.Y, question),
        color=_colour(question, frame),
        tooltip=_tooltip(question),
    ).properties(height=340)
    return chart


def _line(answer: Answer, frame: pd.DataFrame) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=_over(answer),
            y=_value(alt.Y, answer.question),
            color=_colour(answer.question, frame),
            tooltip=_tooltip(answer.question),
        )
        .properties(height=340)
    )
    return chart


def _over(answer: Answer) -> alt.X:
    by = answer.question.by
    shown = {By.MONTH: months_axis(), By.WEEKDAY: "datum.label"}.get(by, days_axis())
    labels = [label_of(by, one) for one in answer.labels]
    axis = alt.Axis(grid=False, labelAngle=0, labelOverlap=True, labelExpr=shown)
    return alt.X("label:O", title=None, sort=labels, axis=axis)


def _value(channel: Any, question: Question) -> Any:  # noqa: ANN401 - alt.X or alt.Y
    what = question.measure.what
    whole = kind_of(question.measure) in {Kind.COUNT, Kind.NUMBER}
    steps: dict[str, Any] = {"tickMinStep": 1, "format": ",d"} if whole else {}
    axis = alt.Axis(tickCount=5, **steps)
    scale = alt.Scale(domain=[0, 100]) if what.count is Count.SHARE else alt.Scale(zero=True)
    stack = None if what.count is Count.SHARE else "zero"
    return channel("value:Q", title=said(what.unit), axis=axis, scale=scale, stack=stack)


def _colour(question: Question, frame: pd.DataFrame) -> Any:  # noqa: ANN401 - a value or a channel
    if question.split is None:
        return alt.value(ACCENT)
    parts = list(dict.fromkeys(frame["part"]))
    scale = alt.Scale(domain=parts, range=list(_COLOURS[: len(parts)]))
    return alt.Color("part:N", title=None, scale=scale, legend=alt.Legend(orient="bottom"))


def _tooltip(question: Question) -> list[alt.Tooltip]:
    what = question.measure.what
    found = [alt.Tooltip("label:N", title=said(question.by.named.words))]
    if question.split is not None:
        found.append(alt.Tooltip("part:N", title=said(question.split.named.words)))
    title = f"{said(what.words)} ({said(what.unit)})"
    return [*found, alt.Tooltip("value:Q", title=title, format=",.4~r")]


def _dated(by: By) -> bool:
    return by in {By.DAY, By.WEEK, By.MONTH}


# The figures above a chart: all of it, against the days before, and what stands out.

_WORSE: Final = (Measure.LATE, Measure.LATE_MINUTES, Measure.ABSENCES, Measure.MISSING)
_DELTAS: Final[dict[Measure, Literal["normal", "inverse"]]] = {
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
            delta_color=_DELTAS.get(measure, "off"),
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
