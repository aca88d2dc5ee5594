"""Overview: who is in, late, absent or not yet here today, live."""

from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord, Table
from face_rec.attendance.days.today import LISTS, Overview, listed, overview
from face_rec.attendance.days.today import arrivals as arrivals_of
from face_rec.domain.marks import Event
from face_rec.facades.attendance.overview import OverviewFacade
from face_rec.languages.language import msgid
from pages.ui.frame import first_steps as guide
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.navigation import link, next_step, open_page
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.scope import filters
from pages.ui.frame.state import lines_to_do, overall
from pages.ui.overview.arrival_curve import arrival_curve
from pages.ui.overview.cards import first_steps, kiosk_states, today_of, zone_question
from pages.ui.shared import times
from pages.ui.shared.day_words import minutes, small, status_name, time_of
from pages.ui.shared.photos import photo
from pages.ui.shared.widgets import Line, Tone, empty_state, person_list, state_list
from pages.ui.shared.words import formats, in_words, said, said_many

require(Page.OVERVIEW.right)

_NOTHING: Final = {
    "In": msgid("Nobody is in."),
    "Late": msgid("Nobody came late."),
    "Not yet": msgid("Nobody is missing who should still come."),
    "Absent": msgid("Nobody is absent so far."),
    "Off": msgid("Nobody has a day off."),
}
_COLUMNS: Final = {"Name": 150, "Came": 85, "Note": 140, "Group": 100}
_HEADS: Final = {
    "Name": msgid("Name"), "Came": msgid("Came"), "Note": msgid("Note"), "Group": msgid("Group"),
}  # fmt: skip
_LISTS: Final = {
    "In": msgid("In now"), "Late": msgid("Late"), "Not yet": msgid("Not yet"),
    "Absent": msgid("Absent"), "Off": msgid("Off"),
}  # fmt: skip


PAGE: Final = 500
"""Rows of a list at a time."""


def people_today(table: Table) -> None:
    """One list at a time; a chosen row opens the person's page."""
    chosen = st.segmented_control(
        said("Today"), list(LISTS), default="In", required=True, label_visibility="collapsed",
        format_func=lambda name: said(_LISTS[name]),
        key="overview_list",
    )  # fmt: skip
    found = listed(table, chosen)
    if not found:
        st.caption(said(_NOTHING[chosen]))
        return
    place = st.container(key="overview_rows")
    number = _page_number(-(-len(found) // PAGE))
    taken = [table.record(0, who) for who in found[(number - 1) * PAGE : number * PAGE]]
    frame = pd.DataFrame([_row(one) for one in taken], columns=list(_COLUMNS))
    selected = place.dataframe(
        frame,
        column_config={
            name: st.column_config.TextColumn(said(_HEADS[name]), width=width)
            for name, width in _COLUMNS.items()
        },
        hide_index=True,
        height=min(317, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"overview_people_{chosen}_{hash(tuple(one.person.subject for one in taken))}",
        alt=said("People today: {list}", list=said(_LISTS[chosen])),
    )
    picked = selected["selection"]["rows"]
    if picked and picked[0] < len(taken):
        one = taken[picked[0]]
        open_page(Page.RECORDS, person=one.person.subject, day=one.day.isoformat())


def _page_number(pages: int) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"overview_page_{pages}"))


def _row(one: DayRecord) -> tuple[str, ...]:
    if one.late:
        note = said("{time} late", time=minutes(one.late))
    else:
        note = in_words(one.note) or small(status_name(one.status))
    return (one.person.name, time_of(one.first, one.day), note, one.person.group)


LATEST = 8
IN = msgid("Came today and has not checked out. Where no hours are measured, everybody who came.")
NOT_YET = msgid("Expected today; their shift has not ended and nobody has seen them so far.")
ABSENT = msgid("Their shift is over and they were never seen.")


def draw(app: OverviewFacade) -> None:
    zone_question(app)
    if app.people.count() == 0 and guide.step() is None and not guide.over():
        first_steps(app)
    numbers()
    left, right = st.columns([1.15, 1], gap="medium")
    with left.container(border=True):
        people()
    with right.container(border=True):
        st.subheader(said("Arrivals today"), anchor=False)
        arrivals()
    with left.container(border=True):
        st.subheader(said("Latest marks"), anchor=False)
        latest()
    with right.container(border=True):
        st.subheader(said("Kiosks"), anchor=False)
        kiosks()
    if current().may(Right.SYSTEM):
        state()


@repeating(3, Right.OVERVIEW)
def numbers() -> None:
    """Today's counts, live."""
    with guarded("overview.numbers", banner=True):
        seen = _overview()
        with st.grid(4, min_column_width=150, gap="small"):
            st.metric(
                said("In now"), formats().number(seen.inside), border=True, help=said(IN),
            )  # fmt: skip
            st.metric(
                said("Came late"), formats().number(seen.late), border=True,
            )  # fmt: skip
            st.metric(
                said("Not here yet"),
                formats().number(seen.not_yet),
                border=True,
                help=said(NOT_YET),
            )
            st.metric(
                said("Absent"), formats().number(seen.absent), border=True, help=said(ABSENT)
            )
        st.caption(_sentence(seen))
        _visitors()


def _visitors() -> None:
    """Where some are here: the way to the list of everybody who is in the house."""
    identity = current()
    if not identity.may(Right.VISITORS_SEE):
        return
    here = OverviewFacade.current().visitors_here(identity.groups)
    if here:
        link(
            Page.VISITORS,
            said_many(
                "{count} visitor is in the house", "{count} visitors are in the house", here
            ),
        )


def _sentence(seen: Overview) -> str:
    parts = [
        said_many("{count} person expected today", "{count} people expected today", seen.expected),
        said_many("{count} came", "{count} came", seen.arrived),
        said_many("{count} off or on leave", "{count} off or on leave", seen.off),
    ]
    if seen.kiosk_down:
        parts.append(
            said_many(
                "{count} not counted as absent because a kiosk was down",
                "{count} not counted as absent because a kiosk was down",
                seen.kiosk_down,
            )
        )
    return " · ".join(parts)


@repeating(5, Right.OVERVIEW)
def people() -> None:
    """Who is in, late, not here yet or absent."""
    with guarded("overview.people"):
        app = OverviewFacade.current()
        people_today(today_of(app, filters(current())))


@repeating(3, Right.OVERVIEW)
def latest() -> None:
    """The newest marks, live."""
    with guarded("overview.latest"):
        app = OverviewFacade.current()
        lines = _latest(app)
        if lines:
            person_list(lines)
            link(Page.RECORDS, said("All records"))
        else:
            empty_state(
                "videocam",
                said("Nobody has been marked today"),
                said("Marks appear here as they happen."),
            )
            next_step(Page.TAKE_ATTENDANCE, said("Open the kiosk"))


@repeating(20, Right.OVERVIEW)
def arrivals() -> None:
    """How many had come by when."""
    with guarded("overview.arrivals"):
        app = OverviewFacade.current()
        today = today_of(app, filters(current()))
        came = arrivals_of(today)
        if came:
            now = app.service.timesheets.now()
            st.html(arrival_curve(came, overview(today).expected, now))
        else:
            st.caption(said("The curve of arrivals appears with the first mark of the day."))


@repeating(10, Right.OVERVIEW)
def kiosks() -> None:
    """The kiosks and their signs of life."""
    with guarded("overview.kiosks"):
        kiosk_states(OverviewFacade.current())


@repeating(5, Right.OVERVIEW)
def state() -> None:
    """Whether everything works, in one line; the parts only where something is to be done."""
    with guarded("overview.state"):
        checks = OverviewFacade.current().health()
        tone, words = overall(checks)
        with st.container(border=True):
            state_list([Line(said("System"), words, tone=tone)])
            if tone is not Tone.GOOD:
                state_list(lines_to_do(checks))
                link(Page.SYSTEM, said("Everything about the system"))


def _overview() -> Overview:
    return overview(today_of(OverviewFacade.current(), filters(current())))


def _latest(app: OverviewFacade) -> list[Line]:
    identity, found = current(), []
    today = app.service.timesheets.today()
    for visit in reversed(app.service.timesheets.visits(today).all):
        event = visit.first.event
        person = app.directory.person(event.subject)
        if identity.sees(person.group if person else None):
            found.append(_line(app, event))
        if len(found) == LATEST:
            break
    return found


def _line(app: OverviewFacade, event: Event) -> Line:
    person = app.directory.person(event.subject)
    return Line(
        title=person.name if person else said("Deleted person"),
        note=(person.group or person.id) if person else "",
        right=times.clock_time(event.at, app.site.timezone),
        right_note=times.ago(event.at, app.clock.now()),
        photo=photo(app.pictures, person.photo if person else None),
    )


app = OverviewFacade.current()
with page(Page.OVERVIEW, formats().long_day(app.clock.now().astimezone(app.site.timezone).date())):
    draw(app)
