"""The chart above each report: what is read at a glance before the table is."""

from collections.abc import Callable
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.attendance.reports.report import Report
from face_rec.attendance.reports.reports import Wanted
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.records.day_rows import group_counts, status_counts, table_of_days
from pages.ui.shared import charts
from pages.ui.shared.day_words import status_legend

_MOST_BARS: Final = 12


def chart_of(app: AttendanceFacade, wanted: Wanted, report: Report) -> None:
    """Draw the chart that goes with the report."""
    with st.container(border=True):
        if wanted.name in _TITLED:
            title, chart = _TITLED[wanted.name](report)
            st.markdown(f"**{title}**")
            st.altair_chart(chart, alt=title)
        else:
            _by_status(app, wanted)


_Titled = tuple[str, alt.Chart]


def _by_status(app: AttendanceFacade, wanted: Wanted) -> None:
    table = table_of_days(app, wanted.first, wanted.last, wanted.filters)
    one_day = wanted.first == wanted.last
    frame = group_counts(table) if one_day else status_counts(table)
    title = "People by status and group" if one_day else "People by status"
    st.markdown(f"**{title}**")
    st.altair_chart(charts.statuses(frame, "group" if one_day else "date"), alt=title)
    status_legend(frame["status"])


def _attendance(report: Report) -> _Titled:
    frame = _named(report.frame)
    late = frame[frame["Late time"] > 0].nlargest(_MOST_BARS, "Late time")
    if late.empty:
        most = frame.nlargest(_MOST_BARS, "Worked")
        most = most.assign(Worked=most["Worked"] / 3600)
        return "Most hours worked", charts.bars(most, "Person", "Worked", "hours")
    late = late.assign(**{"Late time": late["Late time"] // 60})
    title = "Most time late" if len(late) == _MOST_BARS else "Time late"
    return title, charts.bars(late, "Person", "Late time", "minutes late")


def _late(report: Report) -> _Titled:
    return "Late arrivals by day", _a_day(report.frame)


def _absences(report: Report) -> _Titled:
    return "Absences by day", _a_day(report.frame)


def _groups(report: Report) -> _Titled:
    return "Attendance and punctuality", charts.group_bars(report.frame)


_TITLED: Final[dict[str, Callable[[Report], _Titled]]] = {
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
