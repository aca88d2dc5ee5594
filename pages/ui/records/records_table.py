"""One page of marks as a table, and the picture of the chosen one."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from face_rec.attendance.marks.records import by_visit, marks_table
from face_rec.attendance.marks.visit import stays_of
from face_rec.clock import offset_if_twice
from face_rec.domain.marks import MARK_KINDS, Source
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.shared.people_index import people_index
from pages.ui.shared.photos import whole_picture
from pages.ui.shared.text import counted
from pages.ui.shared.widgets import facts, picture, portrait

# The table of marks of local days, made again only when a day has grown or people changed.


def table_of(app: AttendanceFacade, first: date, last: date) -> pd.DataFrame:
    """The marks of local days that count, newest first, with names; not to be changed.

    Columns as in :mod:`face_rec.attendance.marks.records`; raises StoreUnavailable.
    """
    service, people = app.service, app.people

    def made() -> pd.DataFrame:
        timesheets, known = service.timesheets, people_index(people).by_subject
        with st.spinner("Reading marks …"):
            stays = stays_of(timesheets.rules().kiosks, timesheets.zone)
            return marks_table(timesheets.marks(first, last), known, timesheets.zone, stays,
                               timesheets.sources.clock_changes())  # fmt: skip

    return service.answers.of_marks(first, last, made)


PAGE = 100
KINDS = {kind.value: mark.words for kind, mark in MARK_KINDS.items()}
SOURCES = {source.value: source.words for source in Source}
LIVENESS = {"": "not checked", "live": "live", "unsure": "not sure", "attack": "may be a picture"}
# A column without a width takes what is left of a wide screen.
_COLUMNS = {
    "date": st.column_config.TextColumn("Date", width=95),
    "clock": st.column_config.TextColumn("Time", width=120),
    "name": st.column_config.TextColumn("Name"),
    "id": st.column_config.TextColumn("ID", width=95),
    "group": st.column_config.TextColumn("Group", width=135),
    "marks": st.column_config.NumberColumn("Marks", width=60),
    "kiosk": st.column_config.TextColumn("Kiosk", width=80),
    "kind": st.column_config.TextColumn("Kind", width=80),
    "source": st.column_config.TextColumn("Taken by", width=80),
    "score": st.column_config.NumberColumn("Score", format="%.2f", width=65),
    "remark": st.column_config.TextColumn("Remark"),
}


def show_table(app: AttendanceFacade, table: pd.DataFrame) -> None:
    """Draw ``table`` (columns as in :mod:`face_rec.attendance.marks.records`), a row a visit
    and PAGE rows at a time; a visit of several marks opens when it is chosen.

    A choice is a row's number, so other rows make another table: else a new mark would put
    somebody else's picture under the choice.
    """
    place = st.container(key="records_rows")
    found = by_visit(table)
    number = _page_number(-(-len(found) // PAGE))
    rows = found.iloc[(number - 1) * PAGE : number * PAGE]
    chosen = place.dataframe(
        readable(rows),
        column_config=_COLUMNS,
        hide_index=True,
        height=min(560, 38 + 35 * len(rows)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"records_table_{hash((*rows['event'], *rows['marks']))}",
        alt="Marks, newest first",
    )
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(rows):
        chosen_row = rows.iloc[picked[0]]
        own = table[table["visit"] == chosen_row["visit"]]
        _details(app, _one_of(own) if len(own) > 1 else own.iloc[0])
    else:
        st.caption("Choose a row to see its picture.")


def _one_of(marks: pd.DataFrame) -> "pd.Series[str]":
    """One of the marks of a visit, to be chosen; the first of them to begin with."""
    times = marks["time"].dt.strftime("%H:%M:%S").tolist()[::-1]
    st.markdown(f"**{counted(len(marks), 'mark')} of one visit**, {times[0]} to {times[-1]}")
    number = st.selectbox(
        "Mark", range(len(marks)), format_func=lambda n: times[n],
        key=f"records_visit_{marks['event'].iloc[-1]}", width=220,
    )  # fmt: skip
    return marks.iloc[len(marks) - 1 - int(number or 0)]


def _page_number(pages: int) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return st.pagination(pages, width="stretch", key=f"records_page_{pages}")


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as they are shown; a time that comes twice that night has its offset."""
    local, until = rows["time"].dt, rows["until"].dt
    alone = rows["marks"] == 1
    offsets = [offset_if_twice(at.to_pydatetime()) for at in rows["time"]]
    twice = pd.Series(offsets, rows.index, dtype="str")
    shown = rows.assign(
        date=local.strftime("%Y-%m-%d"),
        clock=local.strftime("%H:%M:%S").where(
            alone, local.strftime("%H:%M") + "–" + until.strftime("%H:%M")
        )
        + twice,
        kind=rows["kind"].replace(KINDS),
        source=rows["source"].replace(SOURCES),
    )
    return shown[list(_COLUMNS)]


def _details(app: AttendanceFacade, row: "pd.Series[str]") -> None:
    with st.container(border=True):
        left, right = st.columns([1, 2.4], gap="medium")
        with left:
            _picture(app, str(row["snapshot"]), str(row["name"]))
        with right:
            facts(
                [
                    ("Name", str(row["name"])),
                    ("ID", str(row["id"])),
                    ("Time", _moment(row["time"])),
                    ("Kiosk", str(row["kiosk"])),
                    ("Score", f"{row['score']:.3f}"),
                    ("Lead over the next person", f"{row['margin']:.3f}"),
                    ("Liveness", LIVENESS[str(row["live"])]),
                    ("Remark", str(row["remark"]) or "–"),
                    ("Event", str(row["event"])),
                ]
            )


def _moment(at: Any) -> str:  # noqa: ANN401 - a cell
    local = at.to_pydatetime()
    return f"{local:%Y-%m-%d %H:%M:%S}{offset_if_twice(local)}"


def _picture(app: AttendanceFacade, key: str, name: str) -> None:
    source = whole_picture(app.pictures, key or None)
    if source:
        picture(source, f"Picture of the mark of {name}")
        return
    portrait(None, name)
    st.caption("The picture is not there." if key else "No picture was kept of this mark.")
