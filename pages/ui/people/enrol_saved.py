"""The end of a registration: who was saved, and what can be done next."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from pages.ui.frame.identity import Right
from pages.ui.frame.navigation import link_to, open_page
from pages.ui.frame.parts import callback
from pages.ui.people.enrolment_draft import Draft, forget_draft
from pages.ui.shared.photos import PORTRAIT, photo
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import portrait
from pages.ui.shared.words import said, said_many


def was_unknown(app: RegistrarFacade, draft: Draft, person: Person, by: str) -> None:
    """Where the photos are of somebody from the page Unknown, who is decided about by this."""
    if draft.strangers:
        app.enrolled(draft.strangers, person.subject, by)


def saved(app: RegistrarFacade, draft: Draft, person: Person) -> None:
    """The end: who was saved, and what can be done next."""
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        portrait(photo(app.pictures, person.photo, PORTRAIT), person.name)
    with right:
        st.success(
            said(
                "**{name}** has new photos. The kiosk knows this face from now on.",
                name=plain(person.name),
            ) if draft.added else said(
                "**{name}** is registered. The kiosk knows this face from now on.",
                name=plain(person.name),
            ),
            icon=":material/check_circle:",
        )  # fmt: skip
        st.caption(
            said_many(
                "{id} · {count} photo",
                "{id} · {count} photos",
                len(person.templates),
                id=plain(person.id),
            )
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                said("Register another"), type="primary", icon=":material/person_add:",
                on_click=callback(Right.PEOPLE_WRITE, forget_draft), key="register_another",
            )  # fmt: skip
            if st.button(said("Open the kiosk"), icon=":material/videocam:", key="open_kiosk"):
                open_page(Page.TAKE_ATTENDANCE)
            link_to(Page.PEOPLE, said("Profile"), person=person.subject)
        if before := len(app.seen_before(person.subject)):
            link_to(
                Page.PEOPLE,
                said_many(
                    "Seen before as unknown: {count} time",
                    "Seen before as unknown: {count} times",
                    before,
                ),
                person=person.subject,
            )  # fmt: skip
