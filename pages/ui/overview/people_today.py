"""Lists of today: who is in, late, not here yet, absent or off."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.overview import is_inside
from face_rec.attendance.terms.status import Status
from pages.ui.frame.navigation import open_page
from pages.ui.shared.day_words import minutes, time_of

_OFF = frozenset({Status.HOLIDAY, Status.WEEKLY_OFF, Status.LEAVE})
_LISTS: Final[dict[str, Callable[[DayRecord], bool]]] = {
    "In": lambda one: bool(one.punches) and is_inside(one),
    "Late": lambda one: one.late > 0,
    "Not yet": lambda one: one.status is Status.NOT_YET,
    "Absent": lambda one: one.status in {Status.ABSENT, Status.KIOSK_DOWN},
    "Off": lambda one: one.status in _OFF,
}
_NOTHING: Final = {
    "In": "Nobody is in.",
    "Late": "Nobody came late.",
    "Not yet": "Nobody is missing who should still come.",
    "Absent": "Nobody is absent so far.",
    "Off": "Nobody has a day off.",
}
_COLUMNS: Final = {
    "Name": st.column_config.TextColumn(width=150),
    "Came": st.column_config.TextColumn(width=65),
    "Note": st.column_config.TextColumn(width=140),
    "Group": st.column_config.TextColumn(width=100),
}


def people_today(records: Sequence[DayRecord]) -> None:
    """One list at a time; a chosen row opens the person's page."""
    chosen = st.segmented_control(
        "Today", list(_LISTS), default="In", required=True, label_visibility="collapsed",
        key="overview_list",
    )  # fmt: skip
    taken = [one for one in records if _LISTS[chosen](one)]
    if not taken:
        st.caption(_NOTHING[chosen])
        return
    taken.sort(key=lambda one: (one.first.timestamp() if one.first else 0.0, one.person.name))
    frame = pd.DataFrame([_row(one) for one in taken], columns=list(_COLUMNS))
    selected = st.dataframe(
        frame,
        column_config=_COLUMNS,
        hide_index=True,
        height=min(317, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"overview_people_{chosen}_{hash(tuple(one.person.subject for one in taken))}",
        alt=f"People today: {chosen}",
    )
    picked = selected["selection"]["rows"]
    if picked and picked[0] < len(taken):
        one = taken[picked[0]]
        open_page(Page.RECORDS, person=one.person.subject, day=one.day.isoformat())


def _row(one: DayRecord) -> tuple[str, ...]:
    note = f"{minutes(one.late)} late" if one.late else (one.note or one.status.value)
    return (one.person.name, time_of(one.first, one.day), note, one.person.group)
