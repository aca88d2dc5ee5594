"""My attendance: what somebody who is registered sees of themselves, and of nobody else."""

from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.language import accepted
from face_rec.languages.translator import Translator
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.own.day import day, today_sentence
from pages.ui.own.keeping import keeping
from pages.ui.own.leave import leave
from pages.ui.own.month import month
from pages.ui.own.said import own_words
from pages.ui.own.swap import swap
from pages.ui.own.week import week
from pages.ui.shared.photos import photo
from pages.ui.shared.text import html, plain
from pages.ui.shared.widgets import avatar, empty_state

identity = require(Page.MY_ATTENDANCE.right)
_TOLD_IN: Final = "_own_reads_here"


def reads_here(app: OwnFacade) -> None:
    """What they are written is in the language of the tab that was opened last."""
    if _TOLD_IN not in st.session_state:
        st.session_state[_TOLD_IN] = language = accepted(st.context.locale or "") or ""
        app.requests.reads_in(require(Page.MY_ATTENDANCE.right).subject, language)


def head(app: OwnFacade, person: Person, words: Translator) -> None:
    """Who it is, the way out, and how today stands."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="own_head"):
        avatar(photo(app.pictures, person.photo), person.name)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(person.name)}**")
            st.caption(plain(person.id))
        out = html(words.gettext("Sign out"))
        st.html(f'<a class="fr-out" href="/my/out" target="_self">{out}</a>', width="content")
    if app.punches(person):
        press = html(words.gettext("Punch"))
        st.html(f'<a class="fr-punch" href="/my/punch" target="_self">{press}</a>')
    today = app.service.timesheets.today()
    (now,) = app.service.timesheets.person(person.subject, today, today)
    with st.container(border=True, key="own_today"):
        st.caption(words.day(today))
        st.subheader(plain(today_sentence(now, words)), anchor=False)


def draw(app: OwnFacade, words: Translator) -> None:
    """Everything of whom this sign-in is."""
    person = app.people.get(identity.subject)
    if person is None:
        empty_state("person_off", words.gettext("You are not registered any more"), "")
        return
    reads_here(app)
    head(app, person, words)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        chosen = month(app, person, words)
        week(app, person, words)
        swap(app, person, words)
        leave(app, person, words)
    with right:
        day(app, person, chosen, words)
    keeping(app, person, words)


with page(Page.MY_ATTENDANCE, words=(spoken := own_words(OwnFacade.current()))):
    draw(OwnFacade.current(), spoken)
