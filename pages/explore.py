"""Explore: what managers ask of attendance themselves, as chart, table and files; kept and shared
as views."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.explore.answer_view import show_answer
from pages.ui.explore.choices import asked
from pages.ui.explore.kept_views import view_buttons, views_bar
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.navigation import next_step
from pages.ui.frame.page import guarded, page
from pages.ui.frame.parts import fragment
from pages.ui.frame.scope import filters
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said

require(Page.EXPLORE.right)


@fragment(Right.RECORDS)
def draw() -> None:
    """Views, what is asked, and its answer."""
    with guarded("explore", banner=True):
        app, identity = AttendanceFacade.current(), current()
        if app.people.count() == 0:
            text = said("There is something to explore once the first person is registered.")
            empty_state("query_stats", said("Nothing to explore yet"), text)
            next_step(Page.REGISTER, said("Register a person"))
            return
        bar = st.container(
            horizontal=True, vertical_alignment="bottom", gap="small", key="explore_bar"
        )
        with bar:
            views_bar(app, identity)
        wanted = asked(app, identity)
        with bar:
            view_buttons(app, identity, wanted)
        show_answer(app, wanted, filters(identity, wanted.groups))


with page(Page.EXPLORE, said("Choose what to count and by what, and keep it as a view.")):
    draw()
