"""Register: a person's details, consent and face, in under a minute."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Consent
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.details import LONGEST_EMAIL, LONGEST_ID, LONGEST_NAME, Details
from pages.ui.frame.component_files import asset
from pages.ui.frame.identity import Right, require
from pages.ui.frame.page import page
from pages.ui.frame.parts import callback
from pages.ui.kiosk.model_gate import model_ready
from pages.ui.people.enrol_photos import photos_form
from pages.ui.people.enrol_save import save_form, saved
from pages.ui.people.enrolment_draft import Draft, current_draft, forget_draft
from pages.ui.shared.text import plain

identity = require(Page.REGISTER.right)


def begin_anew(draft: Draft) -> None:
    """The way to throw away what was begun, where something was."""
    if draft.photos or any(draft.words.values()):
        st.button(
            "Begin anew", type="tertiary", icon=":material/restart_alt:", key="begin_anew",
            on_click=callback(Right.PEOPLE_WRITE, forget_draft),
            help="What was typed and taken here is thrown away.",
        )  # fmt: skip


def details_form(app: RegistrarFacade, draft: Draft) -> Details:
    """What stands in the form now, unchecked; consent is None until the box is ticked."""
    _find_again(draft)
    name = st.text_input("Name", key=draft.name("name"), max_chars=LONGEST_NAME)
    left, right = st.columns(2)
    person_id = left.text_input(
        "ID", key=draft.name("id"), max_chars=LONGEST_ID,
        help="Staff or student number, or anything else that only this person has.",
    )  # fmt: skip
    group = right.text_input(
        "Group (optional)", key=draft.name("group"), max_chars=LONGEST_NAME,
        placeholder="Team, class, shift",
    )  # fmt: skip
    email = st.text_input(
        "E-mail (optional)",
        key=draft.name("email"),
        max_chars=LONGEST_EMAIL,
    )
    draft.words.update(name=name, id=person_id, group=group, email=email)
    return Details(person_id, name, group, email, _consent(app, draft))


def _find_again(draft: Draft) -> None:
    """Streamlit forgets fields with their page and with their session; the draft does not."""
    for field, text in draft.words.items():
        st.session_state.setdefault(draft.name(field), text)
    if draft.consent_at is not None:
        st.session_state.setdefault(draft.name("consent"), True)


def _consent(app: RegistrarFacade, draft: Draft) -> Consent | None:
    """The consent with the text that was shown and the time of the tick."""
    with st.container(border=True, key="consent"):
        st.caption(plain(app.site.consent_text))
        key = draft.name("consent")
        st.checkbox(
            "The person agrees",
            key=key,
            on_change=callback(Right.PEOPLE_WRITE, _ticked),
            args=(app, draft, key),
        )
    if draft.consent_at is None:
        return None
    return Consent(app.site.consent_text, app.site.consent_version, draft.consent_at)


def _ticked(app: RegistrarFacade, draft: Draft, key: str) -> None:
    draft.consent_at = app.clock.now() if st.session_state[key] else None


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
