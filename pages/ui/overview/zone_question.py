"""The question that decides every time the product shows: in which time zone is this site?"""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Right, current
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
