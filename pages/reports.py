"""Reports: register, muster, summary, late list, absences and groups; on screen and as files."""

from datetime import date, timedelta
from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.reports.reports import LONGEST, Wanted
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.explore.kept_filters import (
    Dates,
    Field,
    asked_for,
    fill,
    filter_bar,
    first_of,
    period_fields,
    texts,
)
from pages.ui.frame.exports import moment
from pages.ui.frame.identity import Identity, Right, current, require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment
from pages.ui.frame.scope import filters, group_choice, visible_groups
from pages.ui.reports.by_mail import by_mail
from pages.ui.reports.report_files import files, made
from pages.ui.reports.report_view import OFFERS, chart_of, show_report
from pages.ui.shared.period import CUSTOM, period, words
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import day, said, said_many

require(Page.REPORTS.right)

_PAGE: Final = "reports"
_FIRST: Final = "daily"


@fragment(Right.RECORDS)
def draw() -> None:
    """What is asked for, then chart, table and files."""
    with guarded("reports", banner=True):
        app, identity = AttendanceFacade.current(), current()
        if app.people.count() == 0:
            text = said("Reports begin with the first registered person.")
            empty_state("bar_chart", said("Nothing to report yet"), text)
            next_step(Page.REGISTER, said("Register a person"))
            return
        wanted = _wanted(app, identity)
        if wanted is not None:
            _report(app, wanted)


def _fields(app: AttendanceFacade, identity: Identity, name: str) -> tuple[Field | Dates, ...]:
    """What is chosen of a report, as filters keep it."""
    groups = texts(visible_groups(app.people, identity))
    return (
        *period_fields(f"report_{name}", OFFERS[name].spans),
        Field("group", "report_groups", groups, many=True),
    )


def _by_address(app: AttendanceFacade, identity: Identity) -> None:
    """What a link or a kept filter asks for."""
    asked = asked_for(_PAGE, app.views, identity, "report_name")
    if asked is None:
        return
    name = first_of(asked, "report")
    name = name if name in OFFERS else _FIRST
    dated = bool(first_of(asked, "first")) and not first_of(asked, "span")
    st.session_state["report_name"] = name
    fill(_fields(app, identity, name), (*asked, ("span", CUSTOM)) if dated else asked)


def _wanted(app: AttendanceFacade, identity: Identity) -> Wanted | None:
    _by_address(app, identity)
    name = st.pills(
        said("Report"), list(OFFERS), default=_FIRST, required=True,
        format_func=lambda one: said(TITLES[one]), label_visibility="collapsed",
        key="report_name",
    )  # fmt: skip
    offer = OFFERS[name]
    st.caption(said(offer.lead))
    first, last = period(
        f"report_{name}", app.service.timesheets.today(), offer.spans, offer.default
    )
    left, right = st.columns([1.4, 1])
    with left:
        groups = group_choice(app.people, identity, "report_groups")
    text = right.text_input(
        said("Person"), placeholder=said("Name or ID"), icon=":material/search:",
        key="report_person",
    )  # fmt: skip
    last = _within(name, first, last)
    filter_bar(_PAGE, app.views, identity, _fields(app, identity, name), (("report", name),))
    return Wanted(name, first, last, filters(identity, groups, text or ""))


def _within(name: str, first: date, last: date) -> date:
    """The last day that the report has room for."""
    most = LONGEST.get(name, 370)
    if (last - first).days < most:
        return last
    cut = first + timedelta(days=most - 1)
    st.info(
        said(
            "This report has room for {number} days, so it ends on {day}. Choose “{dates}” for "
            "others.",
            number=most,
            day=day(cut),
            dates=said(CUSTOM),
        ),
        icon=":material/date_range:",
    )
    return cut


def _report(app: AttendanceFacade, wanted: Wanted) -> None:
    since = moment()
    offer, report = OFFERS[wanted.name], made(app, wanted)
    if report.frame.empty:
        text = said("Choose other days, groups or people.")
        empty_state("event_available", said(offer.nothing), text)
        return
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        rows = said_many("{count} row", "{count} rows", len(report.frame))
        st.caption(f"{words(wanted.first, wanted.last)} · {rows} · {report.about.zone}")
        with st.container(horizontal=True, width="content", gap="small"):
            files(app, wanted, report, since)
    chart_of(app, wanted, report)
    show_report(wanted.name, report)


with page(Page.REPORTS, said("Attendance over days and months, on screen and as files.")):
    draw()
    by_mail()
