"""A report on screen: a chart read at a glance, and one page of rows with totals above."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.reports import Wanted
from face_rec.attendance.reports.wording import Wording
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.status import CODES
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import DEFAULT, msgid
from pages.ui.records.day_rows import group_counts, status_counts, table_of_days
from pages.ui.shared import charts
from pages.ui.shared.day_words import BLANK, FILLS, legend, small, status_legend
from pages.ui.shared.status_charts import statuses
from pages.ui.shared.words import formats, in_words, said, said_many, words


@dataclass(frozen=True, slots=True)
class Offer:
    """One report as the page offers it; ``spans`` are known by their English names."""

    lead: str
    spans: tuple[str, ...]
    default: str
    nothing: str


_WEEKS: Final = ("Today", "Yesterday", "7 days", "This month", "Last month")
_MONTHS: Final = ("7 days", "30 days", "This month", "Last month")
_NOBODY: Final = msgid("Nobody was employed on these days.")
OFFERS: Final = {
    "daily": Offer(msgid("Everybody, day by day: status, in, out and hours."), _WEEKS, "7 days",
                   msgid("Nobody was expected or seen on these days.")),
    "muster": Offer(msgid("People × days, a letter for each status."),
                    ("This month", "Last month", "30 days"), "This month", _NOBODY),
    "summary": Offer(msgid("Days, lateness, hours and overtime of each person."), _MONTHS,
                     "Last month", _NOBODY),
    "late": Offer(msgid("Who came late, when, and by how much."), _WEEKS, "7 days",
                  msgid("Nobody came late on these days.")),
    "absences": Offer(msgid("Who did not come; an outage of a kiosk is told apart."), _WEEKS,
                      "7 days", msgid("Nobody was absent on these days.")),
    "groups": Offer(msgid("Groups side by side: attendance, punctuality and hours."), _MONTHS,
                    "Last month", _NOBODY),
}  # fmt: skip

_MOST_BARS: Final = 12
_PERSON, _WORKED, _LATE = msgid("Person"), msgid("Worked"), msgid("Late time")
"""Columns that are charted."""


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
    title = said("People by status and group") if one_day else said("People by status")
    st.markdown(f"**{title}**")
    st.altair_chart(statuses(frame, "group" if one_day else "date"), alt=title)
    status_legend(frame["status"])


def _attendance(report: Report) -> _Titled:
    frame = _named(report.frame)
    late = frame[frame[_LATE] > 0].nlargest(_MOST_BARS, _LATE)
    if late.empty:
        most = frame.nlargest(_MOST_BARS, _WORKED)
        most = most.assign(**{_WORKED: most[_WORKED] / 3600})
        return said("Most hours worked"), charts.bars(most, _PERSON, _WORKED, said("hours"))
    late = late.assign(**{_LATE: late[_LATE] // 60})
    title = said("Most time late") if len(late) == _MOST_BARS else said("Time late")
    return title, charts.bars(late, _PERSON, _LATE, said("minutes late"))


def _late(report: Report) -> _Titled:
    return said("Late arrivals by day"), _a_day(report.frame)


def _absences(report: Report) -> _Titled:
    return said("Absences by day"), _a_day(report.frame)


def _groups(report: Report) -> _Titled:
    groups = report.frame["Group"].map(partial(Wording(words()).text, kind=Kind.TEXT))
    chart = charts.group_bars(report.frame.assign(Group=groups))
    return said("Attendance and punctuality"), chart


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
    return frame.assign(**{_PERSON: label})


PAGE: Final = 100
_WIDE: Final = frozenset({"Name", "Remarks"})
_SHORT: Final = {
    msgid("Name"): 190, "ID": 80, msgid("Group"): 115, msgid("Remarks"): 330,
    msgid("Status"): 130, msgid("Shift"): 120,
}  # fmt: skip


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
            alt=in_words(report.title),
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
    wording = Wording(words())
    written = {Kind.DURATION: _padded} | {
        kind: partial(wording.text, kind=kind)
        for kind in (Kind.TIME, Kind.TEXT, Kind.WORDS, Kind.REMARKS)
    }
    shown = rows.assign(**{
        name: rows[name].map(written[kind]) for name, kind in report.kinds.items()
        if kind in written
    })  # fmt: skip
    fills = {code: FILLS[status] for status, code in CODES.items()} | {
        words().said(status.value): fill for status, fill in FILLS.items()
    }
    coded = [name for name, kind in report.kinds.items() if kind in {Kind.CODE, Kind.WORDS}]
    if not coded:
        return shown
    return shown.style.map(partial(_fill, fills), subset=pd.Index(coded))


def _padded(seconds: float) -> str:
    """Blanks in front, so that sorting by the text sorts by the time."""
    return f"{h_mm(seconds):>8}" if seconds else ""


def _fill(fills: Mapping[str, str], text: object) -> str:
    fill = fills.get(str(text), BLANK)
    return f"background-color: {fill}; color: #12211f" if fill != BLANK else ""


def _columns(report: Report) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, title in Wording(words()).headings(report).items():
        kind = report.kinds[name]
        if kind is Kind.CODE:
            label = title.split(" ")[0]
            columns[name] = st.column_config.TextColumn(
                label, width=40 if len(label) == 2 else 58, help=title, alignment="center"
            )
        elif kind is Kind.DURATION:
            columns[name] = st.column_config.TextColumn(
                title, width=85, alignment="right", help=said("Hours and minutes")
            )
        elif kind is Kind.TIME:
            columns[name] = st.column_config.TextColumn(title, width=90)
        elif kind is Kind.PERCENT:
            columns[name] = st.column_config.ProgressColumn(
                title, format="%.0f %%", min_value=0, max_value=100, width=105, color="#0f766e"
            )
        elif kind is Kind.COUNT:
            width = max(64, 7 * len(title) + 26)
            columns[name] = st.column_config.NumberColumn(title, width=width)
        elif kind is Kind.DATE:
            columns[name] = st.column_config.DateColumn(title, format=_dates(), width=95)
        else:
            pinned = name == "Name" and Kind.CODE in report.kinds.values()
            wide = not pinned and name in _WIDE  # takes what is left of a wide screen
            columns[name] = st.column_config.TextColumn(
                title, width=None if wide else _SHORT.get(name, 75), pinned=pinned
            )
    return columns


def _dates() -> str:
    """How a column writes days, in the signs that Streamlit takes."""
    return "YYYY-MM-DD" if words().language.code == DEFAULT else formats().date_pattern


def _totals(report: Report) -> str:
    """The sums that make sense for all rows together."""
    parts, totals = [said_many("{count} row", "{count} rows", len(report.frame))], report.totals()
    for name, title in Wording(words()).headings(report).items():
        if name not in totals:
            continue
        shown = formats().number(totals[name])
        if report.kinds[name] is Kind.DURATION:
            shown = said("{hours} h", hours=h_mm(totals[name]) or "0:00")
        parts.append(f"{small(title)} {shown}")
    return said("Together: {sums}", sums=" · ".join(parts))
