"""Records: marks, days and what is to be reviewed; one person's days with ``?person=``. What is
chosen stands in the address."""

from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.attendance.terms.status import Status
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.explore.kept_filters import (
    Chosen,
    Dates,
    Field,
    asked_for,
    chosen_now,
    fill,
    filter_bar,
    first_of,
    follow,
    period_fields,
    texts,
)
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Identity, Right, current, require
from pages.ui.frame.navigation import link, next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment, repeating
from pages.ui.frame.scope import NO_GROUP, filters, group_choice, visible_groups
from pages.ui.records.day_rows import day_rows
from pages.ui.records.day_table import show_days
from pages.ui.records.person_days import person_days
from pages.ui.records.records_table import Only, show_table, table_of
from pages.ui.records.requests import requests
from pages.ui.records.review import review
from pages.ui.shared.day_words import status_name
from pages.ui.shared.period import CUSTOM, period
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said, said_many

require(Page.RECORDS.right)

MARKS, DAYS, REVIEW, REQUESTS = msgid("Marks"), msgid("Days"), msgid("Review"), msgid("Requests")
SPANS: Final = ("Today", "7 days", "30 days", "90 days")
DAYS_SPANS: Final = ("Today", "Yesterday", "7 days", "30 days", "Last month", "90 days")
LEFT_OUT: Final = frozenset({Status.NOT_EMPLOYED})
SHOWN: Final = [status for status in Status if status not in LEFT_OUT]
_PAGE: Final = "records"
_VIEW: Final = "view"
_CHOICE: Final = "records_view"
_VIEWS: Final = frozenset({MARKS, DAYS, REVIEW, REQUESTS})


# --- marks -------------------------------------------------------------------


@repeating(10, Right.RECORDS)
def marks() -> None:
    """Filters, table and download; looks for new marks by itself."""
    with guarded("records", banner=True):
        app, identity = AttendanceFacade.current(), current()
        first, last = period("records", app.service.timesheets.today(), SPANS, "Today")
        table = _visible(app, identity, table_of(app, first, last))
        only = _filters(app, identity, table)
        shown = only.of(table)
        _bar(app, identity, MARKS, _marks_fields(app, identity))
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            _summary(app, shown)
            _file(app, identity, (first, last), only, empty=shown.empty)
        if shown.empty:
            _nothing(anything=not table.empty)
        else:
            show_table(app, shown)


def _visible(app: AttendanceFacade, identity: Identity, table: pd.DataFrame) -> pd.DataFrame:
    if identity.groups.every:  # people who are registered no more included
        return table
    return table[table["group"].isin(visible_groups(app.people, identity))]


def _filters(app: AttendanceFacade, identity: Identity, table: pd.DataFrame) -> Only:
    one, two, three = st.columns([2, 1, 1])
    person = one.text_input(
        said("Person"), placeholder=said("Name or ID"), icon=":material/search:",
        key="records_person", live=True,
    )  # fmt: skip
    group = two.selectbox(
        said("Group"),
        visible_groups(app.people, identity),
        index=None,
        placeholder=said("All groups"),
        format_func=lambda name: name or said(NO_GROUP),
        key="records_group",
    )
    kiosk = three.selectbox(
        said("Kiosk"),
        sorted(table["kiosk"].unique()),
        index=None,
        placeholder=said("All kiosks"),
        format_func=lambda name: name or "(by hand)",
        key="records_kiosk",
    )
    return Only(person or "", group, kiosk)


def _summary(app: AttendanceFacade, shown: pd.DataFrame) -> None:
    people, visits = shown["subject"].nunique(), shown["visit"].nunique()
    of = said_many("{count} person", "{count} people", people)
    marks = said_many("{count} mark", "{count} marks", len(shown))
    zone = app.site.timezone.key
    if visits < len(shown):
        together = said_many("{count} visit", "{count} visits", visits)
        text = said(
            "{marks} in {visits} of {people} · times in {zone}",
            marks=marks, visits=together, people=of, zone=zone,
        )  # fmt: skip
    else:
        text = said("{marks} of {people} · times in {zone}", marks=marks, people=of, zone=zone)
    st.caption(text)


def _file(
    app: AttendanceFacade, identity: Identity, span: tuple[date, date], only: Only, *, empty: bool
) -> None:
    """With the marks that have come until it is taken."""
    first, last = span

    def made() -> bytes:
        return to_csv(only.of(_visible(app, identity, table_of(app, first, last))))

    st.download_button(
        said("Download CSV"),
        data=noted(Right.RECORDS, f"records {first} to {last}", made),
        file_name=f"attendance_{first}_{last}.csv",
        mime="text/csv",
        icon=":material/download:",
        disabled=empty,
        on_click="ignore",
        key="records_csv",
    )


def _nothing(anything: bool) -> None:
    if anything:
        empty_state(
            "search_off", said("No marks fit"), said("Choose another person, group or kiosk.")
        )
        return
    text = said("Choose a longer period, or open the kiosk to take attendance.")
    empty_state("event_busy", said("No marks in this period"), text)
    next_step(Page.TAKE_ATTENDANCE, said("Open the kiosk"))


# --- days --------------------------------------------------------------------


@fragment(Right.RECORDS)
def days() -> None:
    """What each person's day came to; a chosen row says why."""
    with guarded("records.days", banner=True):
        app, identity = AttendanceFacade.current(), current()
        first, last = period("days", app.service.timesheets.today(), DAYS_SPANS, "7 days")
        one, two, three = st.columns([1.2, 1, 1])
        text = one.text_input(
            said("Person"), placeholder=said("Name or ID"), icon=":material/search:",
            key="days_person", live=True,
        )  # fmt: skip
        with two:
            groups = group_choice(app.people, identity, "days_groups")
        statuses = three.multiselect(
            said("Status"),
            SHOWN,
            placeholder=said("Every status"),
            format_func=status_name,
            key="days_statuses",
        )
        _bar(app, identity, DAYS, _days_fields(app, identity))
        found = day_rows(app, first, last, filters(identity, groups, text or "", statuses))
        if len(found):
            show_days(app, identity, found)
            link(Page.REPORTS, said("Reports and files of these days"))
        else:
            empty_state(
                "event_busy", said("No days fit"), said("Choose another period, person or status.")
            )


# --- review ------------------------------------------------------------------


@fragment(Right.RECORDS)
def doubtful() -> None:
    """The marks that somebody should look at."""
    with guarded("records.review", banner=True):
        app = AttendanceFacade.current()
        first, last = period("review", app.service.timesheets.today(), SPANS, "30 days")
        _follow(REVIEW, _review_fields())
        review(app, current(), first, last)


@fragment(Right.RECORDS)
def asked_of_us() -> None:
    """What people have asked for themselves."""
    with guarded("records.requests", banner=True):
        _follow(REQUESTS, ())
        requests(current())


# --- filters that are kept, and in the address


def _marks_fields(app: AttendanceFacade, identity: Identity) -> tuple[Field | Dates, ...]:
    groups = texts(visible_groups(app.people, identity))
    kiosks = texts(sorted({"", *(one.id for one in app.service.timesheets.rules().kiosks)}))
    return (
        *period_fields("records", SPANS), Field("group", "records_group", groups),
        Field("kiosk", "records_kiosk", kiosks),
    )  # fmt: skip


def _days_fields(app: AttendanceFacade, identity: Identity) -> tuple[Field | Dates, ...]:
    groups = texts(visible_groups(app.people, identity))
    return (
        *period_fields("days", DAYS_SPANS), Field("group", "days_groups", groups, many=True),
        Field("status", "days_statuses", {one.value: one for one in SHOWN}, many=True),
    )  # fmt: skip


def _review_fields() -> tuple[Field | Dates, ...]:
    return period_fields("review", SPANS)


def _bar(
    app: AttendanceFacade, identity: Identity, view: str, fields: tuple[Field | Dates, ...]
) -> None:
    filter_bar(_PAGE, app.views, identity, fields, ((_VIEW, view),))
    _follow(view, fields)


def _follow(view: str, fields: tuple[Field | Dates, ...]) -> None:
    follow(_PAGE, ((_VIEW, view), *chosen_now(fields)))


def _by_address() -> None:
    """What a link or a kept filter asks for."""
    app, identity = AttendanceFacade.current(), current()
    asked = asked_for(_PAGE, app.views, identity, _CHOICE)
    if asked is None:
        return
    asked = _with_day(asked, app.service.timesheets.today())
    view = first_of(asked, _VIEW) or MARKS
    if view in _VIEWS:
        st.session_state[_CHOICE] = view
    if view == DAYS:
        fill(_days_fields(app, identity), asked)
    elif view == MARKS:
        fill(_marks_fields(app, identity), asked)
    elif view == REVIEW:
        fill(_review_fields(), asked)


def _with_day(asked: Chosen, today: date) -> Chosen:
    """The search asks for one ``day``: a period of it alone."""
    try:
        day = min(today, date.fromisoformat(first_of(asked, "day"))).isoformat()
    except ValueError:
        return asked
    rest = (pair for pair in asked if pair[0] not in {"day", "span", "first", "last"})
    return (*rest, ("span", CUSTOM), ("first", day), ("last", day))


def draw() -> None:
    """The chosen view; the others are not even worked out."""
    views = {MARKS: marks, DAYS: days, REVIEW: doubtful, REQUESTS: asked_of_us}
    with guarded("records.address"):
        _by_address()
    view = st.segmented_control(
        said("View"), list(views), format_func=said, required=True, default=MARKS,
        label_visibility="collapsed", key=_CHOICE,
    )  # fmt: skip
    views[view]()


subject = st.query_params.get("person")
with page(
    Page.RECORDS, "" if subject else said("Who was marked, what each day came to, and why.")
):
    if subject:
        person_days(AttendanceFacade.current(), current(), subject)
    else:
        draw()
