"""One page of daily records as a table; the chosen row explains itself below."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from face_rec.attendance.days.day_record import DayRecord
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Identity
from pages.ui.records.day_rows import DayRows
from pages.ui.records.why_dialog import why
from pages.ui.shared.day_words import BLANK, FILLS, hours, lateness, status_name, time_of
from pages.ui.shared.words import formats, in_words, said, said_many

PAGE: Final = 100
_COLUMNS: Final = {
    "Date": (msgid("Date"), 132),
    "Name": (msgid("Name"), None),
    "Status": (msgid("Status"), 128),
    "In": (msgid("In"), 75),
    "Out": (msgid("Out"), 85),
    "Hours": (msgid("Worked"), 90),
    "Late": (msgid("Late"), 80),
    "Group": (msgid("Group"), 105),
    "Shift": (msgid("Shift"), 105),
    "ID": (msgid("ID"), 75),
    "Remarks": (msgid("Remarks"), None),
}
"""By their English names, with what they are called and how wide they are."""
_RIGHT: Final = frozenset({"Hours", "Late"})


def _columns() -> dict[str, Any]:
    return {
        name: st.column_config.TextColumn(
            said(words), width=width, alignment="right" if name in _RIGHT else None,
            help=said("Hours and minutes") if name in _RIGHT else None,
        )
        for name, (words, width) in _COLUMNS.items()
    }  # fmt: skip


def show_days(app: AttendanceFacade, identity: Identity, rows: DayRows) -> None:
    """Draw the table, PAGE rows at a time, and why the chosen day is what it is."""
    people = len(set(rows.chosen[:, 1].tolist()))
    st.caption(
        said(
            "{days} of {people} · times in {zone}",
            days=said_many("{count} day", "{count} days", len(rows)),
            people=said_many("{count} person", "{count} people", people),
            zone=app.site.timezone.key,
        )
    )
    place = st.container(key="records_days")
    number = _page_number(-(-len(rows) // PAGE))
    shown = rows.page(number, PAGE)
    with place:
        picked = _table(shown)
    if picked is None:
        st.caption(said("Choose a row to see why the day has its status, and to correct it."))
    else:
        why(app, identity, picked.person.subject, picked.day)


def _table(shown: Sequence[DayRecord]) -> DayRecord | None:
    chosen = st.dataframe(
        coloured(pd.DataFrame([_row(one) for one in shown], columns=list(_COLUMNS))),
        column_config=_columns(),
        hide_index=True,
        height=min(560, 38 + 35 * len(shown)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"days_table_{hash(tuple((one.person.subject, one.day) for one in shown))}",
        alt=said("Daily records, newest first"),
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
    fills = {status_name(one): fill for one, fill in FILLS.items()}

    def styled(name: object) -> str:
        return _fill(fills.get(str(name), BLANK))

    return frame.style.map(styled, subset=pd.Index(["Status"]))


def _fill(fill: str) -> str:
    return f"background-color: {fill}; color: #12211f" if fill != BLANK else ""


def _row(one: DayRecord) -> tuple[str, ...]:
    return (
        _day(one.day),
        one.person.name,
        status_name(one.status),
        time_of(one.first, one.day),
        time_of(one.last, one.day),
        hours(one.worked),
        lateness(one.late),
        one.person.group,
        one.shift,
        one.person.id,
        "; ".join(map(in_words, one.remarks)),
    )


def _day(day: date) -> str:
    return f"{formats().weekday(day)} {formats().numbers_only(day)}"
