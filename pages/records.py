"""Records: marks by date, person and group; their pictures; the download."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from face_rec.attendance.csv_export import to_csv
from face_rec.attendance.records import filtered
from face_rec.system import System
from pages.ui.context import system
from pages.ui.identity import Right, require
from pages.ui.marks import table_of
from pages.ui.navigation import RECORDS, TAKE_ATTENDANCE, next_step
from pages.ui.page import guarded, page
from pages.ui.records_table import show_table
from pages.ui.text import counted
from pages.ui.widgets import empty_state

require(Right.RECORDS)

SPANS = {"Today": 1, "7 days": 7, "30 days": 30, "90 days": 90}
CUSTOM = "Dates"
NO_GROUP = "(no group)"


@st.fragment(run_every=10)
def draw() -> None:
    """Filters, table and download; looks for new marks by itself."""
    with guarded("records", banner=True):
        app = system()
        first, last = _dates(app)
        table = table_of(app, first, last)
        shown = _filters(table)
        _summary(app, shown, first, last)
        if shown.empty:
            _nothing(anything=not table.empty)
        else:
            show_table(app, shown)


def _dates(app: System) -> tuple[date, date]:
    """The local days asked for, both included."""
    today = app.clock.now().astimezone(app.site.timezone).date()
    left, right = st.columns([1.3, 1], vertical_alignment="bottom")
    span = left.segmented_control(
        "Period", [*SPANS, CUSTOM], default="Today", required=True, key="records_span"
    )
    if span in SPANS:
        return today - timedelta(days=SPANS[span] - 1), today
    chosen = right.date_input(
        "From and to", (today.replace(day=1), today), max_value=today, key="records_dates"
    )
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0], days[-1]) if days else (today, today)


def _filters(table: pd.DataFrame) -> pd.DataFrame:
    left, right = st.columns([2.4, 1])
    person = left.text_input(
        "Person", placeholder="Name or ID", icon=":material/search:", key="records_person",
        live=True,
    )  # fmt: skip
    groups = sorted(table["group"].unique())
    group = right.selectbox(
        "Group",
        groups,
        index=None,
        placeholder="All groups",
        format_func=lambda name: name or NO_GROUP,
        key="records_group",
    )
    return filtered(table, person=person or "", group=group)


def _summary(app: System, shown: pd.DataFrame, first: date, last: date) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        people = shown["subject"].nunique()
        st.caption(
            f"{counted(len(shown), 'mark')} of {counted(people, 'person', 'people')} · "
            f"times in {app.site.timezone.key}"
        )
        st.download_button(
            "Download CSV",
            data=lambda: to_csv(shown),
            file_name=f"attendance_{first}_{last}.csv",
            mime="text/csv",
            icon=":material/download:",
            disabled=shown.empty,
            on_click="ignore",
            key="records_csv",
        )


def _nothing(anything: bool) -> None:
    if anything:
        empty_state("search_off", "No marks fit", "Choose another person or group.")
        return
    text = "Choose a longer period, or open the kiosk to take attendance."
    empty_state("event_busy", "No marks in this period", text)
    next_step(TAKE_ATTENDANCE, "Open the kiosk")


with page(RECORDS, "Who was marked, and when."):
    draw()
