"""A person's PIN: whether there is one, another one, none."""

from typing import Final

import streamlit as st

from face_rec.access.devices.pin_rule import LONGEST, RULE
from face_rec.domain.errors import AccessError
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said

_ROUND: Final = "_profile_pin_round"


def pin_of(app: RegistrarFacade, person: Person) -> None:
    """Whether there is one, and the form for another; the PIN itself is never shown."""
    known = app.pins.has(person.subject)
    st.caption(
        said(
            "A PIN is set. With ID and PIN this person is marked where their face fails, at "
            "kiosks that allow it. Such marks wait for a look under Records."
        )
        if known
        else said(
            "No PIN is set. With ID and PIN this person is marked where their face fails, at "
            "kiosks that allow it. Such marks wait for a look under Records."
        )
    )
    key = f"pin_{person.subject}_{st.session_state.setdefault(_ROUND, 0)}"
    with st.form(f"{key}_form", clear_on_submit=True, border=False):
        pin = st.text_input(
            said("New PIN"), type="password", max_chars=LONGEST, autocomplete="off", key=key,
            help=said("{rule}. Let the person type it.", rule=in_words(RULE)),
        )  # fmt: skip
        saved = st.form_submit_button(
            said("Change PIN") if known else said("Set PIN"), icon=":material/pin:"
        )
    if saved:
        _set(app, person, (pin or "").strip())
    if known and st.button(said("Remove PIN"), key=f"pin_{person.subject}_remove"):
        require(Right.PEOPLE_WRITE)
        app.pins.clear(person)
        flash(said("The PIN is removed."))
        st.rerun()


def _set(app: RegistrarFacade, person: Person, pin: str) -> None:
    require(Right.PEOPLE_WRITE)
    try:
        app.pins.set(person, pin)
    except AccessError as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    st.session_state[_ROUND] += 1  # an empty form: no session holds a PIN longer than needed
    flash(said("The PIN is saved."))
    st.rerun()
