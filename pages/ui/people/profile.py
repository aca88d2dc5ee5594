"""One person: who they are, their photos, and what can be changed."""

import streamlit as st

from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.identity import Identity, Right
from pages.ui.frame.navigation import PEOPLE, RECORDS, next_step, open_button, open_page
from pages.ui.people.profile_form import details_form
from pages.ui.people.profile_photos import add_photos, template_table
from pages.ui.people.profile_pin import pin_of
from pages.ui.people.profile_status import status_and_deletion
from pages.ui.shared import times
from pages.ui.shared.photos import PORTRAIT, photo
from pages.ui.shared.template_state import outdated
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state, facts, portrait


def profile(app: RegistrarFacade, identity: Identity, subject: str) -> None:
    """Draw the person with ``subject``, or say that there is none (any more)."""
    if st.button("All people", icon=":material/arrow_back:", type="tertiary"):
        open_page(PEOPLE)
    person = app.people.get(subject)
    if person is None:
        empty_state("person_off", "This person is not here", "They may have been deleted.")
        next_step(PEOPLE, "All people")
        return
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        _summary(app, identity, person)
    with right:
        _sections(app, identity, person)


def _summary(app: RegistrarFacade, identity: Identity, person: Person) -> None:
    portrait(photo(app.pictures, person.photo, PORTRAIT), person.name)
    st.subheader(plain(person.name), anchor=False)
    if person.active:
        st.badge("Active", icon=":material/check:", color="green")
    else:
        st.badge("Deactivated", icon=":material/pause:", color="gray")
    if outdated(app.models, person):
        st.badge("New photos needed", icon=":material/warning:", color="orange")
    facts(_facts(app, person))
    if identity.may(Right.RECORDS):
        open_button(
            RECORDS, ":material/calendar_month: Attendance", "profile_days", person=person.subject
        )


def _facts(app: RegistrarFacade, person: Person) -> list[tuple[str, str]]:
    zone = app.site.timezone
    rows = [("ID", person.id), ("Group", person.group or "–"), ("E-mail", person.email or "–")]
    if person.consent:
        given = times.day(person.consent.given_at, zone)
        rows.append(("Consent", f"{given} (version {person.consent.version})"))
        if person.consent.withdrawn_at:
            rows.append(("Withdrawn", times.day(person.consent.withdrawn_at, zone)))
    if person.created_at:
        rows.append(("Registered", times.day(person.created_at, zone)))
    return rows


def _sections(app: RegistrarFacade, identity: Identity, person: Person) -> None:
    may_write = identity.may(Right.PEOPLE_WRITE)
    with st.container(border=True):
        st.subheader("Photos", anchor=False)
        template_table(app, person, may_write)
        if may_write:
            add_photos(app, person)
    if may_write:
        with st.container(border=True):
            st.subheader("Details", anchor=False)
            details_form(app, person)
        with st.container(border=True):
            st.subheader("PIN", anchor=False)
            pin_of(app, person)
        with st.container(border=True):
            st.subheader("Status", anchor=False)
            status_and_deletion(app, person)
