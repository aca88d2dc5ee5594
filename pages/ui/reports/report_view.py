"""A report on screen: a chart read at a glance, and one page of rows with totals above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.reports import Wanted
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.status import CODES
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.records.day_rows import group_counts, status_counts, table_of_days
from pages.ui.shared import charts
from pages.ui.shared.day_words import BLANK, FILLS, legend, status_legend
from pages.ui.shared.text import counted


@dataclass(frozen=True, slots=True)
class Offer:
    """One report as the page offers it."""

    lead: str
    spans: tuple[str, ...]
    default: str
    nothing: str


_WEEKS: Final = ("Today", "Yesterday", "7 days", "This month", "Last month")
_MONTHS: Final = ("7 days", "30 days", "This month", "Last month")
OFFERS: Final = {
    "daily": Offer("Everybody, day by day: status, in, out and hours.",
                   _WEEKS, "7 days", "Nobody was expected or seen on these days."),
    "muster": Offer("People × days, a letter for each status.",
                    ("This month", "Last month", "30 days"), "This month",
                    "Nobody was employed on these days."),
    "summary": Offer("Days, lateness, hours and overtime of each person.",
                     _MONTHS, "Last month", "Nobody was employed on these days."),
    "late": Offer("Who came late, when, and by how much.",
                  _WEEKS, "7 days", "Nobody came late on these days."),
    "absences": Offer("Who did not come; an outage of a kiosk is told apart.",
                      _WEEKS, "7 days", "Nobody was absent on these days."),
    "groups": Offer("Groups side by side: attendance, punctuality and hours.",
                    _MONTHS, "Last month", "Nobody was employed on these days."),
}  # fmt: skip

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


PAGE: Final = 100
_FILL_OF: Final = {code: FILLS[status] for status, code in CODES.items()} | {
    status.value: fill for status, fill in FILLS.items()
}
_WIDE: Final = frozenset({"Name", "Remarks"})
_SHORT: Final = {"Name": 190, "ID": 80, "Group": 115, "Remarks": 330, "Status": 130, "Shift": 120}


def show_report(name: str, report: Report) -> None:
    """Draw it; ``name`` keeps the pages of different reports apart."""
    place = st.container(key="report_rows")
    pages = -(-len(report.frame) // PAGE)
    number = _page_number(name, pages)
    rows = report.frame.iloc[(number - 1) * PAGE : number * PAGE].reset_index(drop=True)
    with place:
        st.dataframe(
            _coloured(report, rows),
            column_config=_columns(report),
            column_order=_order(report),
            hide_index=True,
            height=min(640, 38 + 35 * len(rows)),
            key=f"report_table_{name}_{number}",
            alt=report.title,
        )
    if report.legend:
        st.caption(legend())
    st.caption(_totals(report))


def _page_number(name: str, pages: int) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"report_{name}_{pages}"))


def _order(report: Report) -> list[str]:
    """In a muster the codes stand right beside the name, where a phone shows them too."""
    names = list(report.kinds)
    if Kind.CODE not in report.kinds.values():
        return names
    return [
        "Name",
        *(name for name in names if name not in {"Name", "ID", "Group"}),
        "ID",
        "Group",
    ]


def _coloured(report: Report, rows: pd.DataFrame) -> Any:  # noqa: ANN401 - a frame or its Styler
    rows = rows.assign(**{
        name: rows[name].map(_WRITTEN[kind]) for name, kind in report.kinds.items()
        if kind in _WRITTEN
    })  # fmt: skip
    coded = [name for name, kind in report.kinds.items() if kind is Kind.CODE or name == "Status"]
    return rows.style.map(_fill, subset=pd.Index(coded)) if coded else rows


def _padded(seconds: float) -> str:
    """Blanks in front, so that sorting by the text sorts by the time."""
    return f"{h_mm(seconds):>8}" if seconds else ""


_WRITTEN: Final[dict[Kind, Callable[[Any], str]]] = {Kind.DURATION: _padded, Kind.TIME: str}


def _fill(text: object) -> str:
    fill = _FILL_OF.get(str(text), BLANK)
    return f"background-color: {fill}; color: #12211f" if fill != BLANK else ""


def _columns(report: Report) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, kind in report.kinds.items():
        if kind is Kind.CODE:
            label = name.split(" ")[0]
            columns[name] = st.column_config.TextColumn(
                label, width=40 if len(label) == 2 else 58, help=name, alignment="center"
            )
        elif kind is Kind.DURATION:
            columns[name] = st.column_config.TextColumn(
                width=85, alignment="right", help="Hours and minutes"
            )
        elif kind is Kind.TIME:
            columns[name] = st.column_config.TextColumn(width=90)
        elif kind is Kind.PERCENT:
            columns[name] = st.column_config.ProgressColumn(
                format="%.0f %%", min_value=0, max_value=100, width=105, color="#0f766e"
            )
        elif kind is Kind.COUNT:
            columns[name] = st.column_config.NumberColumn(width=max(64, 7 * len(name) + 26))
        elif kind is Kind.DATE:
            columns[name] = st.column_config.DateColumn(format="YYYY-MM-DD", width=95)
        else:
            pinned = name == "Name" and Kind.CODE in report.kinds.values()
            wide = not pinned and name in _WIDE  # takes what is left of a wide screen
            columns[name] = st.column_config.TextColumn(
                width=None if wide else _SHORT.get(name, 75), pinned=pinned
            )
    return columns


def _totals(report: Report) -> str:
    """The sums that make sense for all rows together."""
    parts = [counted(len(report.frame), "row")]
    for name, kind in report.kinds.items():
        total = report.totals().get(name)
        if total is None:
            continue
        if kind is Kind.DURATION:
            parts.append(f"{name.lower()} {h_mm(total) or '0:00'} h")
        else:
            parts.append(f"{name.lower()} {total:,.0f}")
    return "Together: " + " · ".join(parts)
