"""Charts in the site's colours."""

from typing import Final, cast

import altair as alt
import pandas as pd

from face_rec.languages.sentence import pgettext
from pages.ui.shared.words import said, words

ACCENT: Final = "#0f766e"


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
    names = [said(pgettext("percentage", "Attendance")), said("On time")]
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


def weekdays() -> str:
    """What writes the day of the week, by its number from Monday, beside a chart."""
    return f"{words().formats.weekday_names()}[datum.value]"


def first_weeks() -> str:
    """What writes the months below a chart of weeks: a name stands below its first week only."""
    return f"substring(datum.value, 8, 10) <= '07' ? {_month_names()} : ''"


def layered(*layers: alt.Chart) -> alt.LayerChart:
    """One upon the other, as high as all charts here."""
    made = alt.layer(*layers).properties(height=230)
    return cast("alt.LayerChart", made)  # a FacetChart only where a layer is one
