"""What waits until somebody takes care of it, and who did lately."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from face_rec.domain.people import Person
from face_rec.facades.notices import NoticesFacade
from face_rec.notices.waiting import Waiting
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import repeating
from pages.ui.notices.outcomes import about
from pages.ui.shared.text import plain
from pages.ui.shared.times import date_and_time
from pages.ui.shared.widgets import Line, Tone, state_list
from pages.ui.shared.words import said, said_many

_AT_ONCE: Final = 10
_LATELY: Final = 10


@repeating(5, Right.NOTICES)
def waiting(app: NoticesFacade, who: Identity) -> None:
    with guarded("notices.waiting"):
        found = app.notices.escalation.all()
        if not found:
            return
        st.subheader(said("Waits for somebody"), anchor=False)
        left = [one for one in found if one.open]
        done = [one for one in found if not one.open][:_LATELY]
        shown = left[:_AT_ONCE]
        subjects = sorted({one.notice.subject for one in [*shown, *done] if one.notice.subject})
        people = app.people.many(subjects)
        if not left:
            st.caption(said("Nothing now."))
        for one in shown:
            _open(app, one, people, who)
        if len(left) > len(shown):
            more = len(left) - len(shown)
            st.caption(said_many("{count} older one waits.", "{count} older ones wait.", more))
        state_list(_taken(app, one, people) for one in done)


def _open(app: NoticesFacade, one: Waiting, people: Mapping[str, Person], who: Identity) -> None:
    since = date_and_time(one.since, app.site.timezone)
    words = said("since {time}", time=since)
    if one.step:
        further = said_many("{count} further step told", "{count} further steps told", one.step)
        words = f"{words} · {further}"
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"w_{one.id}"
    ):
        st.markdown(
            f"**{plain(said(one.notice.kind.words))}** {plain(about(one.notice, people))}  \n"
            f"{words}",
            width="stretch",
        )
        if st.button(said("I take care of it"), key=f"take_{one.id}", icon=":material/check:"):
            require(Right.NOTICES)
            app.notices.escalation.acknowledge(one.id, who.id)
            st.rerun(scope="fragment")


def _taken(app: NoticesFacade, one: Waiting, people: Mapping[str, Person]) -> Line:
    at = date_and_time(one.at, app.site.timezone) if one.at else ""
    words = said(one.notice.kind.words)
    return Line(words, about(one.notice, people), one.by, at, tone=Tone.GOOD)
