"""Deactivating and erasing a person."""

import streamlit as st

from face_rec.domain.errors import FaceTaken, PeopleError
from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.flash import flash
from pages.ui.frame.navigation import PEOPLE, open_button
from pages.ui.frame.step_up import again
from pages.ui.people.erasing import confirm_erasure, erasing
from pages.ui.shared.text import plain


def status_and_deletion(app: RegistrarFacade, person: Person) -> None:
    """The two buttons with their consequences in words."""
    if person.active:
        st.caption(
            "A deactivated person keeps all their data but is not recognised until activated. "
            "An erased one is gone for good, here and everywhere."
        )
    else:
        st.caption("This person is not recognised until they are activated again.")
    reason = _reason(person)
    with st.container(horizontal=True):
        label, icon = (
            ("Deactivate", ":material/pause:")
            if person.active
            else ("Activate", ":material/play_arrow:")
        )
        if st.button(label, icon=icon, key=f"active_{person.subject}"):
            _set_active(app, person, not person.active, reason)
        key = erasing(person)
        pressed = st.button("Erase …", icon=":material/delete_forever:", key=key)
        if pressed or again(key):
            confirm_erasure(app.privacy, person)


def _set_active(app: RegistrarFacade, person: Person, active: bool, reason: str) -> None:
    try:
        app.enrolment.set_active(person.subject, active, reason)
    except FaceTaken as error:
        st.session_state[_taken(person)] = error.subject
        st.rerun()
    except PeopleError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.session_state.pop(_taken(person), None)
        flash("Activated." if active else "Deactivated.")
        st.rerun()


def _reason(person: Person) -> str:
    """Asked when somebody else was registered with this face while it was inactive."""
    other = st.session_state.get(_taken(person))
    if other is None:
        return ""
    st.warning(
        "This face was registered for another person meanwhile. To activate both, give the "
        "reason and press the button again.",
        icon=":material/group:",
    )
    open_button(PEOPLE, "Show the other person", f"{_taken(person)}_other", person=other)
    return st.text_input("Reason", key=f"{_taken(person)}_reason") or ""


def _taken(person: Person) -> str:
    return f"taken_{person.subject}"
