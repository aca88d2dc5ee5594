"""Reports: register, muster, summary, late list, absences and groups; on screen and as files."""

from datetime import date, timedelta

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.reports.reports import LONGEST, Wanted
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity, Right, current, require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment
from pages.ui.frame.scope import filters, group_choice, visible_groups
from pages.ui.reports.by_mail import by_mail
from pages.ui.reports.report_files import files, made
from pages.ui.reports.report_view import OFFERS, chart_of, show_report
from pages.ui.shared.period import CUSTOM, period, words
from pages.ui.shared.text import counted
from pages.ui.shared.widgets import empty_state

require(Page.REPORTS.right)


@fragment(Right.RECORDS)
def draw() -> None:
    """What is asked for, then chart, table and files."""
    with guarded("reports", banner=True):
        app, identity = AttendanceFacade.current(), current()
        if app.people.count() == 0:
            text = "Reports begin with the first registered person."
            empty_state("bar_chart", "Nothing to report yet", text)
            next_step(Page.REGISTER, "Register a person")
            return
        wanted = _wanted(app, identity)
        if wanted is not None:
            _report(app, wanted)


def _by_link(app: AttendanceFacade, identity: Identity) -> None:
    """What a link in a mail asks for, once."""
    name = st.query_params.get("report", "")
    try:
        days = tuple(date.fromisoformat(st.query_params.get(one, "")) for one in ("first", "last"))
    except ValueError:
        return
    if name in OFFERS:
        groups = st.query_params.get_all("group")
        seen = [one for one in visible_groups(app.people, identity) if one in groups]
        st.session_state.update({
            "report_name": name, f"report_{name}_span": CUSTOM, f"report_{name}_dates": days,
            "report_groups": seen,
        })  # fmt: skip
    st.query_params.clear()


def _wanted(app: AttendanceFacade, identity: Identity) -> Wanted | None:
    _by_link(app, identity)
    name = st.pills(
        "Report", list(OFFERS), default="daily", required=True,
        format_func=TITLES.__getitem__, label_visibility="collapsed",
        key="report_name",
    )  # fmt: skip
    offer = OFFERS[name]
    st.caption(offer.lead)
    first, last = period(
        f"report_{name}", app.service.timesheets.today(), offer.spans, offer.default
    )
    left, right = st.columns([1.4, 1])
    with left:
        groups = group_choice(app.people, identity, "report_groups")
    text = right.text_input(
        "Person", placeholder="Name or ID", icon=":material/search:", key="report_person"
    )
    last = _within(name, first, last)
    return Wanted(name, first, last, filters(identity, groups, text or ""))


def _within(name: str, first: date, last: date) -> date:
    """The last day that the report has room for."""
    most = LONGEST.get(name, 370)
    if (last - first).days < most:
        return last
    cut = first + timedelta(days=most - 1)
    st.info(
        f"This report has room for {most} days, so it ends on {cut}. Choose “{CUSTOM}” for "
        "others.",
        icon=":material/date_range:",
    )
    return cut


def _report(app: AttendanceFacade, wanted: Wanted) -> None:
    offer, report = OFFERS[wanted.name], made(app, wanted)
    if report.frame.empty:
        empty_state("event_available", offer.nothing, "Choose other days, groups or people.")
        return
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        rows = counted(len(report.frame), "row")
        st.caption(f"{words(wanted.first, wanted.last)} · {rows} · {report.about.zone}")
        with st.container(horizontal=True, width="content", gap="small"):
            files(app, wanted, report)
    chart_of(app, wanted, report)
    show_report(wanted.name, report)


with page(Page.REPORTS, "Attendance over days and months, on screen and as files."):
    draw()
    by_mail()
