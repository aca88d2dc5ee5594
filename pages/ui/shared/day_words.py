"""Statuses, durations and times of attendance as the pages write them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import streamlit as st

from face_rec.attendance.reports.report import Clock
from face_rec.attendance.reports.status_colours import COLOURS
from face_rec.attendance.terms.duration import begun, h_mm, whole
from face_rec.attendance.terms.status import CODES, Status
from face_rec.languages.language import msgid
from pages.ui.shared.text import html
from pages.ui.shared.words import formats, in_hours, said, said_many, words

BLANK: Final = "#FFFFFF"
STATUS_NAMES: Final = {
    Status.PRESENT: msgid("Present"),
    Status.LATE: msgid("Late"),
    Status.EARLY: msgid("Early leave"),
    Status.HALF_DAY: msgid("Half day"),
    Status.ABSENT: msgid("Absent"),
    Status.MISSING_OUT: msgid("Missing check-out"),
    Status.MISSING_IN: msgid("Missing check-in"),
    Status.HOLIDAY: msgid("Holiday"),
    Status.WEEKLY_OFF: msgid("Weekly off"),
    Status.LEAVE: msgid("Leave"),
    Status.NOT_EMPLOYED: msgid("Not employed"),
    Status.KIOSK_DOWN: msgid("Kiosk down"),
    Status.NOT_YET: msgid("Not yet"),
}
"""In English; :func:`status_name` says it to a reader."""
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


def status_name(status: Status) -> str:
    return said(STATUS_NAMES[status])


def hours(seconds: int) -> str:
    """``7:05`` for seven hours and five minutes, or ``7.08`` for who reads hours so; nothing for
    none."""
    return in_hours(whole(seconds)) if whole(seconds) else ""


def minutes(seconds: int) -> str:
    """``12 min`` for sentences; nothing for none, and a begun one counts."""
    number = begun(seconds) // 60
    return said_many("{count} min", "{count} min", number) if seconds else ""


def lateness(seconds: int) -> str:
    """``0:12`` for tables; nothing for none, and a begun minute counts."""
    return h_mm(begun(seconds))


def time_of(at: datetime | None, day: date) -> str:
    """The time, with the days it lies after ``day``."""
    if at is None:
        return ""
    away = Clock(at, day).away
    return formats().clock(at) + (f" ({away:+d})" if away else "")


def status_legend(shown: Iterable[str]) -> None:
    """The colours of the statuses (as :func:`status_name` has them) that a chart shows, in a row
    that wraps."""
    there = set(shown)
    items = "".join(
        f'<span><i style="background:{STRONG[one]}"></i>{html(status_name(one))}</span>'
        for one in CHARTED
        if status_name(one) in there
    )
    st.html(f'<div class="fr-legend">{items}</div>')


def legend(statuses: tuple[Status, ...] = CHARTED) -> str:
    """``P present · L late …``"""
    return " · ".join(f"**{CODES[one]}** {small(status_name(one))}" for one in statuses)


def small(name: str) -> str:
    """A status or a heading: English has them in small letters within a line."""
    return name.lower() if words().language.code.startswith("en") else name
