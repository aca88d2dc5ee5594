"""People: find somebody, look at them, change them."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.navigation import go_button
from pages.ui.frame.page import page
from pages.ui.people.erasing import certificate_of
from pages.ui.people.people_import import import_button, import_progress
from pages.ui.people.people_list import people_list
from pages.ui.people.profile import profile

identity = require(Page.PEOPLE.right)
subject = st.query_params.get("person")

with page(Page.PEOPLE, "Everybody who can be recognised.") as actions:
    certificate_of(RegistrarFacade.current().privacy)
    if subject:
        profile(RegistrarFacade.current(), identity, subject)
    else:
        if identity.may(Right.PEOPLE_WRITE):
            with actions:
                import_button(RegistrarFacade.current())
                go_button(Page.REGISTER, "Register", key="people_register")
            import_progress()
        people_list(RegistrarFacade.current())
