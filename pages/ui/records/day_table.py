"""One page of daily records as a table; the chosen row explains itself below."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from face_rec.attendance.days.day_record import DayRecord
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity
from pages.ui.records.day_rows import DayRows
from pages.ui.records.why_dialog import why
from pages.ui.shared.day_words import BLANK, FILLS, STATUS_NAMES, hours, lateness, time_of
from pages.ui.shared.text import counted

PAGE: Final = 100
_FILL_OF: Final = {STATUS_NAMES[one]: fill for one, fill in FILLS.items()}
_COLUMNS: Final = {
    "Date": st.column_config.TextColumn(width=132),
    "Name": st.column_config.TextColumn(),
    "Status": st.column_config.TextColumn(width=128),
    "In": st.column_config.TextColumn(width=75),
    "Out": st.column_config.TextColumn(width=85),
    "Hours": st.column_config.TextColumn(
        "Worked", width=70, alignment="right", help="Hours and minutes"
    ),
    "Late": st.column_config.TextColumn(width=65, alignment="right", help="Hours and minutes"),
    "Group": st.column_config.TextColumn(width=105),
    "Shift": st.column_config.TextColumn(width=105),
    "ID": st.column_config.TextColumn(width=75),
    "Remarks": st.column_config.TextColumn(),
}


def show_days(app: AttendanceFacade, identity: Identity, rows: DayRows) -> None:
    """Draw the table, PAGE rows at a time, and why the chosen day is what it is."""
    people = len(set(rows.chosen[:, 1].tolist()))
    st.caption(
        f"{counted(len(rows), 'day')} of {counted(people, 'person', 'people')} · "
        f"times in {app.site.timezone.key}"
    )
    place = st.container(key="records_days")
    number = _page_number(-(-len(rows) // PAGE))
    shown = rows.page(number, PAGE)
    with place:
        picked = _table(shown)
    if picked is None:
        st.caption("Choose a row to see why the day has its status, and to correct it.")
    else:
        why(app, identity, picked.person.subject, picked.day)


def _table(shown: Sequence[DayRecord]) -> DayRecord | None:
    chosen = st.dataframe(
        coloured(pd.DataFrame([_row(one) for one in shown], columns=list(_COLUMNS))),
        column_config=_COLUMNS,
        hide_index=True,
        height=min(560, 38 + 35 * len(shown)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"days_table_{hash(tuple((one.person.subject, one.day) for one in shown))}",
        alt="Daily records, newest first",
    )
    picked = chosen["selection"]["rows"]
    return shown[picked[0]] if picked and picked[0] < len(shown) else None


def _page_number(pages: int) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"days_page_{pages}"))


def coloured(frame: pd.DataFrame) -> Styler:
    """The table with each status on its colour."""
    return frame.style.map(_fill, subset=pd.Index(["Status"]))


def _fill(status: object) -> str:
    fill = _FILL_OF.get(str(status), BLANK)
    return f"background-color: {fill}; color: #12211f" if fill != BLANK else ""


def _row(one: DayRecord) -> tuple[str, ...]:
    return (
        _day(one.day),
        one.person.name,
        STATUS_NAMES[one.status],
        time_of(one.first, one.day),
        time_of(one.last, one.day),
        hours(one.worked),
        lateness(one.late),
        one.person.group,
        one.shift,
        one.person.id,
        "; ".join(one.remarks),
    )


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"
