"""One page of marks as a table, and the picture of the chosen one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from face_rec.attendance.marks.records import by_visit, filtered, marks_table
from face_rec.attendance.marks.visit import stays_of
from face_rec.clock import offset_if_twice
from face_rec.domain.marks import MARK_KINDS, Source
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.shared.people_index import people_index
from pages.ui.shared.photos import whole_picture
from pages.ui.shared.widgets import facts, picture, portrait
from pages.ui.shared.words import busy, formats, in_words, said, said_many

# The table of marks of local days, made again only when a day has grown or people changed.


def table_of(app: AttendanceFacade, first: date, last: date) -> pd.DataFrame:
    """The marks of local days that count, newest first, with names; not to be changed.

    Columns as in :mod:`face_rec.attendance.marks.records`; raises StoreUnavailable.
    """
    service, people = app.service, app.people

    def made() -> pd.DataFrame:
        timesheets, known = service.timesheets, people_index(people).by_subject
        with busy(said("Reading marks …")):
            stays = stays_of(timesheets.rules().kiosks, timesheets.zone)
            return marks_table(timesheets.marks(first, last), known, timesheets.zone, stays,
                               timesheets.sources.clock_changes())  # fmt: skip

    return service.answers.of_marks(first, last, made)


@dataclass(frozen=True, slots=True)
class Only:
    """Which of the marks are asked for; None: all of them."""

    person: str
    group: str | None
    kiosk: str | None

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        shown = filtered(table, person=self.person, group=self.group)
        if self.kiosk is None:
            return shown
        return shown[shown["kiosk"] == self.kiosk].reset_index(drop=True)


PAGE = 100
KINDS = {kind.value: mark.words for kind, mark in MARK_KINDS.items()}
SOURCES = {source.value: source.words for source in Source}
LIVENESS = {
    "": msgid("not checked"), "live": msgid("live"), "unsure": msgid("not sure"),
    "attack": msgid("may be a picture"),
}  # fmt: skip
# A column without a width takes what is left of a wide screen.
_COLUMNS: Final[dict[str, tuple[str, int | None]]] = {
    "date": (msgid("Date"), 95),
    "clock": (msgid("Time"), 120),
    "name": (msgid("Name"), None),
    "id": (msgid("ID"), 95),
    "group": (msgid("Group"), 135),
    "marks": (msgid("Marks"), 76),
    "kiosk": (msgid("Kiosk"), 80),
    "kind": (msgid("Kind"), 80),
    "source": (msgid("Taken by"), 80),
    "score": (msgid("Score"), 65),
    "remark": (msgid("Remark"), None),
}


def _columns() -> dict[str, Any]:
    text = {
        name: st.column_config.TextColumn(said(words), width=width)
        for name, (words, width) in _COLUMNS.items()
    }
    number = st.column_config.NumberColumn
    return {
        **text,
        "marks": number(said("Marks"), width=76),
        "score": number(said("Score"), format="%.2f", width=65),
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
        column_config=_columns(),
        hide_index=True,
        height=min(560, 38 + 35 * len(rows)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"records_table_{hash((*rows['event'], *rows['marks']))}",
        alt=said("Marks, newest first"),
    )
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(rows):
        chosen_row = rows.iloc[picked[0]]
        own = table[table["visit"] == chosen_row["visit"]]
        _details(app, _one_of(own) if len(own) > 1 else own.iloc[0])
    else:
        st.caption(said("Choose a row to see its picture."))


def _one_of(marks: pd.DataFrame) -> "pd.Series[str]":
    """One of the marks of a visit, to be chosen; the first of them to begin with."""
    times = [formats().clock(at.to_pydatetime(), seconds=True) for at in marks["time"]][::-1]
    together = said_many(
        "**{count} mark of one visit**, {first} to {last}",
        "**{count} marks of one visit**, {first} to {last}",
        len(marks), first=times[0], last=times[-1],
    )  # fmt: skip
    st.markdown(together)
    number = st.selectbox(
        said("Mark"), range(len(marks)), format_func=lambda n: times[n],
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
    offsets = [offset_if_twice(at.to_pydatetime()) for at in rows["time"]]
    spans = zip(rows["time"], rows["until"], rows["marks"], strict=True)
    clocks = [_clock(*one) for one in spans]
    shown = rows.assign(
        date=[formats().numbers_only(at) for at in rows["time"]],
        clock=[clock + offset for clock, offset in zip(clocks, offsets, strict=True)],
        kind=rows["kind"].map(lambda one: said(KINDS[one]) if one in KINDS else one),
        source=rows["source"].map(lambda one: said(SOURCES[one]) if one in SOURCES else one),
        remark=rows["remark"].map(in_words),
    )
    return shown[list(_COLUMNS)]


def _clock(at: datetime, until: datetime, marks: int) -> str:
    clock = formats().clock
    return clock(at, seconds=True) if marks == 1 else f"{clock(at)}–{clock(until)}"


def _details(app: AttendanceFacade, row: "pd.Series[str]") -> None:
    with st.container(border=True):
        left, right = st.columns([1, 2.4], gap="medium")
        with left:
            _picture(app, str(row["snapshot"]), str(row["name"]))
        with right:
            facts(
                [
                    (said("Name"), str(row["name"])),
                    (said("ID"), str(row["id"])),
                    (said("Time"), _moment(row["time"])),
                    (said("Kiosk"), str(row["kiosk"])),
                    (said("Score"), formats().number(float(row["score"]), 3)),
                    (said("Lead over the next person"), formats().number(float(row["margin"]), 3)),
                    (said("Liveness"), said(LIVENESS[str(row["live"])])),
                    (said("Remark"), in_words(str(row["remark"])) or "–"),
                    (said("Event"), str(row["event"])),
                ]
            )


def _moment(at: Any) -> str:  # noqa: ANN401 - a cell
    local = at.to_pydatetime()
    known = formats()
    return (
        f"{known.numbers_only(local)} {known.clock(local, seconds=True)}{offset_if_twice(local)}"
    )


def _picture(app: AttendanceFacade, key: str, name: str) -> None:
    source = whole_picture(app.pictures, key or None)
    if source:
        picture(source, said("Picture of the mark of {name}", name=name))
        return
    portrait(None, name)
    st.caption(
        said("The picture is not there.") if key else said("No picture was kept of this mark.")
    )
