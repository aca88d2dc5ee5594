"""Settings: shifts, who has which, holidays, leave, employment, kiosks and limits."""

import streamlit as st

from pages.ui.context import system
from pages.ui.identity import Right, require
from pages.ui.navigation import SETTINGS
from pages.ui.page import guarded, page
from pages.ui.parts import fragment
from pages.ui.rule_assignments import assignments
from pages.ui.rule_employment import employment
from pages.ui.rule_holidays import holidays
from pages.ui.rule_kiosks import kiosks
from pages.ui.rule_leave import leave
from pages.ui.rule_limits import limits
from pages.ui.rule_shifts import shifts
from pages.ui.site_form import site_form
from pages.ui.text import plain

require(Right.RULES)

PARTS = {
    "Shifts": shifts,
    "Who works when": assignments,
    "Holidays": holidays,
    "Leave": leave,
    "Employment": employment,
    "Kiosks": kiosks,
    "Doubts and outages": limits,
    "This site": site_form,
}


@fragment(Right.RULES)
def draw() -> None:
    """The chosen part; the others are not read."""
    with guarded("settings", banner=True):
        app = system()
        part = st.pills(
            "Part", list(PARTS), default="Shifts", required=True, label_visibility="collapsed",
            key="settings_part",
        )  # fmt: skip
        for entry in app.office.book.rules().malformed:
            st.warning(
                f"An entry in the database cannot be read and does not count: {plain(entry)}",
                icon=":material/warning:",
            )
        PARTS[part](app)


with page(SETTINGS, "What counts as present, late or absent; the past is judged anew by it."):
    draw()
