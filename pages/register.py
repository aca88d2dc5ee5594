"""Register: a person's details, consent and face, in under a minute."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.kiosk.model_gate import model_ready
from pages.ui.people.enrol_details import begin_anew, details_form
from pages.ui.people.enrol_photos import photos_form
from pages.ui.people.enrol_save import save_form, saved
from pages.ui.people.enrolment_draft import Draft, current_draft

identity = require(Page.REGISTER.right)

STYLE = asset("enrol.css")


def draw(app: RegistrarFacade, draft: Draft) -> None:
    st.html(STYLE)
    if draft.saved:
        saved(app, draft, draft.saved)
        return
    # On a phone the columns stand one below the other: camera, form, button.
    face, who = st.columns([1.3, 1], gap="large")
    with who:
        st.subheader("Who", anchor=False)
        details = details_form(app, draft)
        ending = st.container()
    with face:
        st.subheader("Face", anchor=False)
        photos_form(app, draft)
    with ending:
        save_form(app, draft, details)
        begin_anew(draft)


with page(Page.REGISTER, "Under a minute: a few looks into the camera, a name, and consent."):
    app = RegistrarFacade.current()
    if model_ready(app.models):
        draw(app, current_draft(f"{identity.kind}:{identity.id}"))
