"""Changing what is written about a person."""

from dataclasses import replace

import streamlit as st

from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.flash import flash
from pages.ui.shared.text import plain


def details_form(app: RegistrarFacade, person: Person) -> None:
    """Name, ID, group and e-mail; saved only if nobody else saved meanwhile.

    The form's keys carry the version that was read: after a save by anybody it starts afresh.
    """
    version = f"{person.subject}_{person.version}"
    with st.form(f"details_{version}", border=False):
        left, right = st.columns(2)
        name = left.text_input("Name", person.name, key=f"name_{version}")
        person_id = right.text_input("ID", person.id, key=f"id_{version}")
        group = left.text_input("Group", person.group, key=f"group_{version}")
        email = right.text_input("E-mail", person.email, key=f"email_{version}")
        saved = st.form_submit_button("Save", icon=":material/save:", type="primary")
    if saved:
        changed = replace(
            person, name=name or "", id=person_id or "", group=group or "", email=email or ""
        )
        _save(app, changed)


def _save(app: RegistrarFacade, changed: Person) -> None:
    try:
        app.enrolment.edit(changed)
    except PeopleError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    flash("Saved.")
    st.rerun()
