"""What a new installation asks for: its time zone, and the steps until somebody is registered."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Right, current
from pages.ui.frame.navigation import go_button
from pages.ui.frame.parts import fragment
from pages.ui.rules.site_form import save_site, zones
from pages.ui.shared import times


def zone_question(app: AttendanceFacade) -> None:
    """Asked of an administrator until somebody has answered it, here or in ``.env``."""
    if current().may(Right.SITE) and not app.options.chosen("timezone"):
        _ask(app)


@fragment(Right.SITE)
def _ask(app: AttendanceFacade) -> None:
    here = app.site.timezone.key
    known, now = zones(here), app.clock.now()
    browser = st.context.timezone
    proposed = browser if browser in known else here
    with st.container(border=True, key="zone_question"):
        st.subheader("In which time zone is this site?", anchor=False)
        st.caption(
            "Clocks, late arrivals and the day that a mark counts for go by it. It can be changed "
            "later under Settings."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            zone = st.selectbox("Time zone", known, known.index(proposed), key="zone", width=320)
            if st.button(
                "Use this one", type="primary", icon=":material/schedule:", key="use_zone"
            ):
                save_site(app, {"timezone": zone}, app.options.version)
        st.caption(_clock(app, zone, now, asked_of_browser=zone == browser))


def _clock(app: AttendanceFacade, zone: str, now: datetime, *, asked_of_browser: bool) -> str:
    at = times.clock_time(now, ZoneInfo(zone))
    source = ", as your browser says" if asked_of_browser else ""
    here = app.site.timezone.key
    return f"There it is {at} now{source}. Until you decide, times are shown in {here}."


_NUMBERS = {1: ":material/counter_1:", 2: ":material/counter_2:", 3: ":material/counter_3:"}
"""In full: the font that is served holds only icons that stand so in our pages."""


def first_steps(app: AttendanceFacade) -> None:
    """Three steps from an empty system to the first mark; the next one has the button."""
    ready = app.models.current() is not None
    with st.container(border=True, key="first_steps"):
        st.subheader("Welcome. Three steps to the first mark", anchor=False)
        one, two, three = st.columns(3, gap="medium")
        with one:
            if ready:
                _step(1, "Recognition model", "Installed and ready.", done=True)
            else:
                _step(1, "Recognition model", "Download a pack once, or upload it as a ZIP file.")
                go_button(Page.MODELS, "Install a model", key="step_models")
        with two:
            _step(2, "First person", "Name, consent, and a short look into the camera.")
            if ready:
                go_button(Page.REGISTER, "Register a person", key="step_register")
        with three:
            _step(3, "Kiosk", f"Open {Page.TAKE_ATTENDANCE.title} on the device at the door.")


def _step(number: int, title: str, text: str, done: bool = False) -> None:
    icon = ":green[:material/check_circle:]" if done else _NUMBERS[number]
    with st.container(gap=None):
        st.markdown(f"{icon} **{title}**")
        st.caption(text)
