"""Statuses, durations and times of attendance as the pages write them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import streamlit as st

from face_rec.attendance.reports.report import Clock
from face_rec.attendance.reports.status_colours import COLOURS
from face_rec.attendance.terms.duration import begun, h_mm, whole
from face_rec.attendance.terms.status import CODES, Status
from pages.ui.shared.text import html

BLANK: Final = "#FFFFFF"
STATUS_NAMES: Final = {status: status.value.capitalize() for status in Status}
FILLS: Final = {status: f"#{COLOURS[status]}" if status in COLOURS else BLANK for status in Status}
"""What stands behind a status in tables, as in the files."""
STRONG: Final = {
    Status.PRESENT: "#2e9e6b",
    Status.LATE: "#e0a100",
    Status.EARLY: "#f0c95a",
    Status.HALF_DAY: "#5b94d6",
    Status.ABSENT: "#d2382f",
    Status.MISSING_OUT: "#9b7fc0",
    Status.MISSING_IN: "#b9a3d3",
    Status.HOLIDAY: "#8fa3b5",
    Status.WEEKLY_OFF: "#8fa3b559",  # steps back on white and on black
    Status.LEAVE: "#58b3bd",
    Status.KIOSK_DOWN: "#e8834f",
}
"""The same statuses in charts, where there is no letter to help."""
CHARTED: Final = tuple(STRONG)


def hours(seconds: int) -> str:
    """``7:05`` for seven hours and five minutes; nothing for none."""
    return h_mm(whole(seconds))


def minutes(seconds: int) -> str:
    """``12 min`` for sentences; nothing for none, and a begun one counts."""
    return f"{begun(seconds) // 60} min" if seconds else ""


def lateness(seconds: int) -> str:
    """``0:12`` for tables; nothing for none, and a begun minute counts."""
    return h_mm(begun(seconds))


def time_of(at: datetime | None, day: date) -> str:
    """The time, with the days it lies after ``day``."""
    return str(Clock(at, day)) if at else ""


def status_legend(shown: Iterable[str]) -> None:
    """The colours of the statuses (by name) that a chart shows, in a row that wraps."""
    there = set(shown)
    items = "".join(
        f'<span><i style="background:{STRONG[one]}"></i>{html(STATUS_NAMES[one])}</span>'
        for one in CHARTED
        if STATUS_NAMES[one] in there
    )
    st.html(f'<div class="fr-legend">{items}</div>')


def legend(statuses: tuple[Status, ...] = CHARTED) -> str:
    """``P present · L late …``"""
    return " · ".join(f"**{CODES[one]}** {one.value}" for one in statuses)
