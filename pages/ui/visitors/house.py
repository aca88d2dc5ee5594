"""Who is in the house now, people and visitors: for an evacuation."""

import pandas as pd
import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.formulas import csv_of
from face_rec.visitors import house as lists
from face_rec.visitors.house import Inside, Words, in_house
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, current
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.frame.scope import filters
from pages.ui.shared import times
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import said, said_many


@repeating(10, Right.VISITORS_SEE)
def house() -> None:
    """As it is at this moment."""
    with guarded("visitors.house"):
        app = VisitorsFacade.current()
        found = _found(app)
        if not found:
            empty_state("groups", said("Nobody is in the house"), "")
            return
        visitors = sum(one.visitor for one in found)
        people = said_many("{count} person", "{count} people", len(found) - visitors)
        counted = said(
            "{people} and {visitors} in the house.", people=people,
            visitors=said_many("{count} visitor", "{count} visitors", visitors),
        )  # fmt: skip
        rule = said(
            "Who came and has not checked out, also before midnight: who forgot to is listed, too."
        )
        st.caption(f"{counted} {rule}")
        words, lines = _words(app, counted), _lines(app, found)
        _files(words, lines)
        st.dataframe(
            pd.DataFrame(lines, columns=list(words.heads)), hide_index=True,
            height=min(640, 38 + 35 * len(lines)), alt=words.title,
        )  # fmt: skip


def _found(app: VisitorsFacade) -> list[Inside]:
    identity, now = current(), app.clock.now()
    people = app.people_inside(filters(identity), now)
    return in_house(people, app.desk.all(identity.groups), now)


def _words(app: VisitorsFacade, counted: str) -> Words:
    made = times.date_and_time(app.clock.now(), app.site.timezone)
    return Words(
        said("{site}: who is in the house", site=app.site.title), f"{made} · {counted}",
        (said("Name"), said("Group or company"), said("Host"), said("Since")),
    )  # fmt: skip


def _lines(app: VisitorsFacade, found: list[Inside]) -> list[tuple[str, str, str, str]]:
    zone, now = app.site.timezone, app.clock.now()
    since = [times.moment(one.since, now, zone) if one.since else "" for one in found]
    return lists.rows(found, since)


def _files(words: Words, lines: list[tuple[str, str, str, str]]) -> None:
    with st.container(horizontal=True):
        st.download_button(
            said("Print (PDF)"),
            noted(Right.VISITORS_SEE, "in-the-house", lambda: lists.paper(words, lines)),
            file_name="in-the-house.pdf", mime="application/pdf", icon=":material/download:",
            key="house_pdf", type="primary",
        )  # fmt: skip
        st.download_button(
            said("CSV"),
            noted(Right.VISITORS_SEE, "in-the-house", lambda: csv_of(words.heads, lines)),
            file_name="in-the-house.csv", mime="text/csv", icon=":material/download:",
            key="house_csv",
        )  # fmt: skip
