"""Settings: shifts, who has which, holidays, leave, employment and limits.

HR has the part that concerns people, for its groups; what holds for the whole company is an
admin's.
"""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment
from pages.ui.rules.rule_company import holidays, limits
from pages.ui.rules.rule_people import assignments, employment, leave
from pages.ui.rules.rule_shifts import shifts
from pages.ui.rules.rules_begun import begin_anew, begun, tell_of_others
from pages.ui.rules.site_form import site_form
from pages.ui.shared.text import plain

require(Page.SETTINGS.right)

HR_PARTS = {
    "Shifts": shifts,
    "Who works when": assignments,
    "Holidays": holidays,
    "Leave": leave,
    "Employment": employment,
}
PARTS = HR_PARTS | {
    "Doubts and outages": limits,
    "This site": site_form,
}


@fragment(Right.HR)
def draw() -> None:
    """The chosen part; the others are not read."""
    with guarded("settings", banner=True):
        app, company = AttendanceFacade.current(), current().may(Right.RULES)
        parts = PARTS if company else HR_PARTS
        part = st.pills(
            "Part", list(parts), default="Shifts", required=True, label_visibility="collapsed",
            key="settings_part",
        )  # fmt: skip
        tell_of_others(app)
        for entry in begun(app).malformed if company else ():
            st.warning(
                f"An entry in the database cannot be read and does not count: {plain(entry)}",
                icon=":material/warning:",
            )
        parts[part](app)


if "settings_part" not in st.session_state:  # opened, or come back to: not a press within it
    begin_anew()
with page(Page.SETTINGS, "What counts as present, late or absent, and from which day on."):
    draw()
