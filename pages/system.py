"""System: whether everything works, what the cameras do, and what is set."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.admin import AdminFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import repeating
from pages.ui.frame.state import overall, state_lines
from pages.ui.shared.widgets import Line, facts, state_list
from pages.ui.system.system_state import (
    settings_in_force,
    streams_table,
    unreadable_entries,
    versions,
)

require(Page.SYSTEM.right)


def draw() -> None:
    with st.container(border=True):
        health()
    with st.container(border=True):
        st.subheader("Cameras", anchor=False)
        streams()
    left, right = st.columns([1.4, 1], gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader("Settings in force", anchor=False)
        facts(settings_in_force(AdminFacade.current()))
        st.caption(
            "Title, time zone, retention and the time between two marks: Settings, This site. The "
            "rest is read at the start, from the environment and the file .env."
        )
    with right.container(border=True, height="stretch"):
        st.subheader("Versions", anchor=False)
        facts(versions())
    unreadable_entries(AdminFacade.current())


@repeating(5, Right.SYSTEM)
def health() -> None:
    """All health checks with what to do."""
    with guarded("system.health", banner=True):
        checks = AdminFacade.current().health()
        tone, sentence = overall(checks)
        state_list([Line(sentence, tone=tone), *state_lines(checks)])


@repeating(1, Right.SYSTEM)
def streams() -> None:
    """What every camera does, live."""
    with guarded("system.streams"):
        streams_table(AdminFacade.current().engine.streams())


with page(Page.SYSTEM, "Health, cameras, settings and versions."):
    draw()
