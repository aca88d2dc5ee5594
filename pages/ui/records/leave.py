"""Leave, for whoever decides: what somebody asks for, in words, and everybody's balances."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from face_rec.attendance.leave.balance import Balance
from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.spreadsheets import csv_file, xlsx_file
from face_rec.attendance.reports.wording import Wording
from face_rec.domain.groups import Groups
from face_rec.facades.attendance.requests import RequestsFacade
from face_rec.requests.leave_service import WaitingLeave
from face_rec.requests.request import LeaveRequest
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right
from pages.ui.shared.words import day, formats, said, said_many, words


def headline(one: LeaveRequest) -> str:
    """``Annual leave, 2026-03-02 to 2026-03-06, 5 days``"""
    first, last, days = day(one.first), day(one.last), days_of(one.days)
    if one.first == one.last and one.half:
        return said("{kind}, {first}, half the day, {days}", kind=one.kind, first=first, days=days)
    if one.first == one.last:
        return said("{kind}, {first}, {days}", kind=one.kind, first=first, days=days)
    if one.half:
        return said(
            "{kind}, {first} to {last}, half of each day, {days}",
            kind=one.kind, first=first, last=last, days=days,
        )  # fmt: skip
    return said(
        "{kind}, {first} to {last}, {days}", kind=one.kind, first=first, last=last, days=days
    )


def leave_standing(one: WaitingLeave) -> list[str]:
    """How the days of its type stand, a line for each year."""
    return [_balance(balance) for balance in one.balances]


def _balance(one: Balance) -> str:
    values = {
        "type": one.type.name, "year": one.year, "allowed": number(one.allowed),
        "taken": number(one.taken), "requested": number(one.requested), "left": number(one.left),
    }  # fmt: skip
    if one.carried:
        text = said(
            "{type} {year}: {allowed} allowed and {carried} carried over, {taken} taken, "
            "{requested} asked for; {left} left when all is approved.",
            **values,
            carried=number(one.carried),
        )
    else:
        text = said(
            "{type} {year}: {allowed} allowed, {taken} taken, {requested} asked for; {left} left "
            "when all is approved.",
            **values,
        )
    return f"{text} {said('More than there is.')}" if one.left < 0 else text


def number(amount: float) -> str:
    """``2.5``, and ``5`` without a fraction."""
    return formats().number(amount)


def days_of(amount: float) -> str:
    """``1 day``, ``2.5 days``."""
    if amount == int(amount):
        return said_many("{count} day", "{count} days", int(amount))
    return said("{number} days", number=number(amount))


# The days of leave of everybody whom an account may see, on screen and as files.

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def leave_balances(app: RequestsFacade, within: Groups) -> None:
    """Worked out when it is asked for; nothing where no type is counted."""
    this = app.clock.now().astimezone(app.site.timezone).year
    with st.expander(said("Leave balances"), icon=":material/beach_access:", key="leave_balances"):
        year = st.selectbox(said("Year"), [this, this + 1, this - 1], key="leave_year", width=140)
        if not st.toggle(said("Show"), key="leave_balances_show"):
            return
        report = app.leave_reports.of(within, year or this)
        if report.frame.empty:
            st.caption(said("No type of leave is counted: see Settings, Leave types."))
            return
        height = min(320, 38 + 35 * len(report.frame))
        wording = Wording(words())
        st.dataframe(
            _in_words(report, wording), hide_index=True, height=height, alt=said("Leave balances"),
            column_config=dict(wording.headings(report)),
        )  # fmt: skip
        with st.container(horizontal=True):
            for suffix, mime, write in (
                ("csv", "text/csv", csv_file),
                ("xlsx", _XLSX, partial(xlsx_file, wording=wording)),
            ):
                st.download_button(
                    said("Download {format}", format=suffix.upper()),
                    noted(Right.RECORDS, f"leave balances {year}",
                          partial(_file, app, within, year or this, write)),
                    file_name=f"leave_{year}.{suffix}", mime=mime, icon=":material/download:",
                    on_click="ignore", key=f"leave_balances_{suffix}",
                )  # fmt: skip


def _file(
    app: RequestsFacade, within: Groups, year: int, write: Callable[[Report], bytes]
) -> bytes:
    return write(app.leave_reports.of(within, year))


def _in_words(report: Report, wording: Wording) -> pd.DataFrame:
    ours = [name for name, kind in report.kinds.items() if kind is Kind.WORDS]
    return report.frame.assign(
        **{name: report.frame[name].map(wording.words.said) for name in ours}
    )
