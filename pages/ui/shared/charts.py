"""Charts in the site's colours."""

from typing import Final, cast

import altair as alt
import pandas as pd

from pages.ui.shared.day_words import CHARTED, STRONG, status_name
from pages.ui.shared.words import said, words

ACCENT: Final = "#0f766e"


def _status_scale() -> alt.Scale:
    return alt.Scale(
        domain=[status_name(one) for one in CHARTED], range=[STRONG[one] for one in CHARTED]
    )


def statuses(frame: pd.DataFrame, by: str, title: str = "") -> alt.Chart:
    """People by status, stacked, without legend. ``frame``: columns ``by``, ``status`` (as
    ``status_name`` says it), ``people``, ``rank``; ``by`` is a date or a text."""
    dated = by == "date"
    axis = alt.Axis(
        grid=False,
        labelAngle=0,
        labelOverlap=True,
        labelExpr=days_axis() if dated else "datum.label",
    )
    across = alt.X(f"{by}:O", title=None, axis=axis)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadius=1)
        .encode(
            x=across,
            y=alt.Y("people:Q", title=title or None, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("status:N", scale=_status_scale(), title=None, legend=None),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip(by, title=said("Day") if dated else said("Group")),
                alt.Tooltip("status:N", title=said("Status")),
                alt.Tooltip("people:Q", title=said("People")),
            ],
        )
        .properties(height=240)
    )
    return chart


def bars(frame: pd.DataFrame, label: str, value: str, unit: str) -> alt.Chart:
    """One bar a row, longest first; ``label`` is marked for translation; ``unit`` stands in
    the tooltip."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(color=ACCENT, cornerRadiusEnd=3, size=14)
        .encode(
            y=alt.Y(f"{label}:N", sort="-x", title=None, axis=alt.Axis(labelLimit=190)),
            x=alt.X(f"{value}:Q", title=unit, axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip(f"{label}:N", title=said(label)),
                alt.Tooltip(f"{value}:Q", title=unit),
            ],
        )
        .properties(height=max(90, 26 * len(frame) + 30))
    )
    return chart


def counts(frame: pd.DataFrame) -> alt.Chart:
    """People a day, stacked by group; ``frame``: ``Date``, ``Group``, ``people``."""
    data = frame.assign(
        Date=frame["Date"].astype(str), Group=frame["Group"].replace("", said("(none)"))
    )
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar(cornerRadius=1)
        .encode(
            x=alt.X(
                "Date:O",
                title=None,
                axis=alt.Axis(
                    labelAngle=0,
                    labelOverlap=True,
                    labelExpr=days_axis(),
                ),
            ),
            y=alt.Y("people:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("Group:N", title=None, legend=alt.Legend(orient="bottom")),
            tooltip=[
                alt.Tooltip("Date:O", title=said("Date")),
                alt.Tooltip("Group:N", title=said("Group")),
                alt.Tooltip("people:Q", title=said("People")),
            ],
        )
        .properties(height=230)
    )
    return chart


def group_bars(frame: pd.DataFrame) -> alt.Chart:
    """Attendance and punctuality of each group, 0 to 100 per cent, side by side."""
    names = [said("Attendance"), said("On time")]
    renamed = frame.rename(columns=dict(zip(("Attendance", "On time"), names, strict=True)))
    long = renamed.melt("Group", names, "measure", "percent")
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            y=alt.Y("Group:N", title=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset("measure:N", scale=alt.Scale(paddingInner=0.1)),
            x=alt.X(
                "percent:Q",
                title=said("per cent"),
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5),
            ),
            color=alt.Color(
                "measure:N",
                title=None,
                scale=alt.Scale(domain=names, range=[ACCENT, "#d98a00"]),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=[
                alt.Tooltip("Group:N", title=said("Group")),
                alt.Tooltip("measure:N", title=said("Figure")),
                alt.Tooltip("percent:Q", title=said("per cent"), format=".1f"),
            ],
        )
        .properties(height=48 * frame["Group"].nunique() + 130)
    )
    return chart


def calendar(frame: pd.DataFrame) -> alt.LayerChart:
    """A person's days, a column a week; ``frame``: ``week`` (Monday), ``weekday`` (0 to 6),
    ``day`` (ISO text), ``status``, ``code``, ``words``. A click selects ``day``."""
    picked = alt.selection_point(name="day", fields=["day"], on="click", empty=False)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "week:O",
            title=None,
            axis=alt.Axis(labelExpr=_months(), labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "weekday:O",
            title=None,
            sort=list(range(7)),
            axis=alt.Axis(labelExpr=_weekdays(), ticks=False, domain=False),
        ),
        tooltip=[
            alt.Tooltip("day:N", title=said("Day")),
            alt.Tooltip("status:N", title=said("Status")),
            alt.Tooltip("words:N", title=said("Hours")),
        ],
    )
    squares = base.mark_rect(cornerRadius=3, strokeWidth=3).encode(
        color=alt.Color("status:N", scale=_status_scale(), title=None, legend=None),
        stroke=alt.condition(picked, alt.value(ACCENT), alt.value("transparent")),
    )
    letters = base.mark_text(fontSize=10, color="#12211f", opacity=0.75).encode(text="code:N")
    return _layered(squares.add_params(picked), letters)


def days_axis() -> str:
    """What writes a day below a chart: "02 Mar" in English, else as the language has it in short.
    With a time, or Vega takes the day for UTC and shows the one before in the west."""
    if words().language.code.startswith("en"):
        return "timeFormat(toDate(datum.value + 'T00:00'), '%d %b')"
    return f"substring(datum.value, 8, 10) + ' ' + {_month_names()}"


def months_axis() -> str:
    """What writes a month below a chart: "Mar 2026"."""
    if words().language.code.startswith("en"):
        return "timeFormat(toDate(datum.value + 'T00:00'), '%b %Y')"
    return f"{_month_names()} + ' ' + substring(datum.value, 0, 4)"


def _month_names() -> str:
    """The short name of a day's month; Vega knows English ones alone."""
    names = words().formats.months()
    return f"{names}[parseInt(substring(datum.value, 5, 7)) - 1]"


def _weekdays() -> str:
    return f"{words().formats.weekday_names()}[datum.value]"


def _months() -> str:
    """A month's name stands over its first week only."""
    return f"substring(datum.value, 8, 10) <= '07' ? {_month_names()} : ''"


def _layered(*layers: alt.Chart) -> alt.LayerChart:
    layered = alt.layer(*layers).properties(height=230)
    return cast("alt.LayerChart", layered)  # a FacetChart only where a layer is one
