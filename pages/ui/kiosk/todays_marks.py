"""Today's marks beside the video, live."""

import streamlit as st

from face_rec.attendance.marks.visit import Visit
from face_rec.facades.kiosk import KioskFacade
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import by_itself, repeating
from pages.ui.shared import times
from pages.ui.shared.photos import photo
from pages.ui.shared.text import counted
from pages.ui.shared.widgets import Line, empty_state, person_list

_NEWEST = 40


@repeating(1, Right.KIOSK)
def marks_today(kiosk: str, *, listed: bool) -> None:
    """How many marks this site's day has; ``listed``: there is room for the newest, newest
    first, with names and portraits. A kiosk is read by everybody who passes, so whether it may
    show them is asked each time; where that has changed the page is drawn anew."""
    may = KioskFacade.current().record(kiosk).show_marks
    if may != listed and by_itself():
        st.rerun(scope="app")
    with guarded("kiosk.marks"):
        app = KioskFacade.current()
        if app.away():  # the banner above says so
            return
        found = app.visits()
        st.markdown(f"**Today** · {counted(len(found), 'mark')}")
        if not (listed and may):
            return
        with st.container(key="marks_today"):
            if found:
                person_list(_line(app, visit) for visit in found[::-1][:_NEWEST])
            else:
                empty_state("how_to_reg", "Nobody yet today", "Marks appear here as they happen.")


def _line(app: KioskFacade, visit: Visit) -> Line:
    event = visit.first.event
    person = app.directory.person(event.subject)
    return Line(
        title=person.name if person else "Deleted person",
        note=(person.group or person.id) if person else "",
        right=times.clock_time(event.at, app.site.timezone),
        photo=photo(app.pictures, person.photo if person else None),
    )
