"""Overview: what is going on today, at a glance and live."""

import altair as alt
import streamlit as st

from face_rec.attendance.presence import Presence, marks, presence
from face_rec.entities import Event
from face_rec.system import System
from pages.ui import charts, times
from pages.ui.context import system
from pages.ui.first_steps import first_steps
from pages.ui.identity import Right, require
from pages.ui.marks import events_of
from pages.ui.navigation import OVERVIEW, RECORDS, TAKE_ATTENDANCE, link, next_step
from pages.ui.page import guarded, page
from pages.ui.photos import photo
from pages.ui.state import short_lines
from pages.ui.widgets import Line, empty_state, person_list, state_list

require(Right.OVERVIEW)

LATEST = 8
HERE = "Everybody who came today and has not checked out."


def draw(app: System) -> None:
    if app.people.count() == 0:
        first_steps(app)
    numbers()
    left, right = st.columns([1.15, 1], gap="medium")
    with left.container(border=True):
        st.subheader("Latest marks", anchor=False)
        latest()
    with right.container(border=True):
        st.subheader("Arrivals today", anchor=False)
        arrivals()
    with right.container(border=True):
        st.subheader("System", anchor=False)
        state()


@st.fragment(run_every=2)
def numbers() -> None:
    """Today's counts, live."""
    with guarded("overview.numbers", banner=True):
        app = system()
        seen = presence(_today(app))
        people = app.people.count()
        with st.grid(4, min_column_width=150, gap="small"):
            st.metric("Here now", sum(day.here for day in seen), border=True, help=HERE)
            st.metric("Came today", len(seen), border=True)
            st.metric("Marks today", sum(day.marks for day in seen), border=True)
            st.metric("Registered", f"{people:,}", border=True)


@st.fragment(run_every=2)
def latest() -> None:
    """The newest marks, live."""
    with guarded("overview.latest"):
        app = system()
        newest = marks(_today(app))[::-1][:LATEST]
        if newest:
            person_list(_line(app, event) for event in newest)
            link(RECORDS, "All records")
        else:
            empty_state(
                "videocam", "Nobody has been marked today", "Marks appear here as they happen."
            )
            next_step(TAKE_ATTENDANCE, "Open the kiosk")


@st.fragment(run_every=30)
def arrivals() -> None:
    """When people came, by the quarter of an hour."""
    with guarded("overview.arrivals"):
        app = system()
        seen = presence(_today(app))
        if seen:
            st.altair_chart(_chart(app, seen), alt="Bar chart of arrivals by quarter of an hour")
        else:
            st.caption("A chart of arrivals appears with the first mark of the day.")


@st.fragment(run_every=5)
def state() -> None:
    """How the parts of the system stand."""
    with guarded("overview.state"):
        state_list(short_lines(system()))


def _chart(app: System, seen: list[Presence]) -> alt.Chart:
    return charts.arrivals((day.first_at for day in seen), app.site.timezone)


def _line(app: System, event: Event) -> Line:
    person = app.directory.person(event.subject)
    return Line(
        title=person.name if person else "Deleted person",
        note=(person.group or person.id) if person else "",
        right=times.clock_time(event.at, app.site.timezone),
        right_note=times.ago(event.at, app.clock.now()),
        photo=photo(app.spool, person.photo if person else None),
    )


def _today(app: System) -> list[Event]:
    today = app.clock.now().astimezone(app.site.timezone).date()
    return events_of(app.attendance, today, today, app.site.timezone)


with page(OVERVIEW, times.long_day(system().clock.now(), system().site.timezone)):
    draw(system())
