"""The chart above each report: what is read at a glance before the table is."""

from collections.abc import Callable
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.attendance.report import Report
from face_rec.attendance.reports import Wanted
from face_rec.system import System
from pages.ui import charts
from pages.ui.day_rows import group_counts, status_counts, table_of_days

_MOST_BARS: Final = 12


def chart_of(app: System, wanted: Wanted, report: Report) -> None:
    """Draw the chart that goes with the report."""
    title, chart = _CHARTS[wanted.name](app, wanted, report)
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.altair_chart(chart, alt=title)


_Titled = tuple[str, alt.Chart]


def _by_status(app: System, wanted: Wanted, _: Report) -> _Titled:
    table = table_of_days(app, wanted.first, wanted.last, wanted.filters)
    if wanted.first == wanted.last:
        return "People by status and group", charts.statuses(group_counts(table), "group")
    return "People by status", charts.statuses(status_counts(table), "date")


def _attendance(_: System, __: Wanted, report: Report) -> _Titled:
    frame = _named(report.frame)
    late = frame[frame["Late time"] > 0].nlargest(_MOST_BARS, "Late time")
    if late.empty:
        most = frame.nlargest(_MOST_BARS, "Worked")
        return "Most hours worked", charts.bars(most, "Person", "Worked", "hours")
    title = "Most time late" if len(late) == _MOST_BARS else "Time late"
    return title, charts.bars(late, "Person", "Late time", "minutes late")


def _late(_: System, __: Wanted, report: Report) -> _Titled:
    return "Late arrivals by day", _a_day(report.frame)


def _absences(_: System, __: Wanted, report: Report) -> _Titled:
    return "Absences by day", _a_day(report.frame)


def _groups(_: System, __: Wanted, report: Report) -> _Titled:
    return "Attendance and punctuality", charts.group_bars(report.frame)


_CHARTS: Final[dict[str, Callable[[System, Wanted, Report], _Titled]]] = {
    "daily": _by_status,
    "muster": _by_status,
    "summary": _attendance,
    "late": _late,
    "absences": _absences,
    "groups": _groups,
}


def _a_day(frame: pd.DataFrame) -> alt.Chart:
    counts = frame.groupby(["Date", "Group"], sort=True).size().rename("people").reset_index()
    return charts.counts(counts)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """With a label that tells namesakes apart."""
    twice = frame["Name"].duplicated(keep=False)
    label = frame["Name"].where(~twice, frame["Name"] + " (" + frame["ID"] + ")")
    return frame.assign(Person=label)
