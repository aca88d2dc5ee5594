"""Saving a registration, and what the page asks when it may not be saved as it is."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.errors import FaceRecError, FaceTaken, IdTaken, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.details import Details
from pages.ui.frame.identity import Right
from pages.ui.frame.navigation import link_to, open_page
from pages.ui.frame.parts import callback
from pages.ui.people.enrolment_draft import Draft, forget_draft
from pages.ui.shared.photos import PORTRAIT, photo
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import avatar, portrait


def save_form(app: RegistrarFacade, draft: Draft, details: Details) -> None:
    """The button, and the answers to what came of it."""
    pressed = st.button(
        "Save person", type="primary", icon=":material/how_to_reg:", width="stretch",
        key=draft.name("save"),
    )  # fmt: skip
    if pressed:
        _save(app, draft, details)
    if draft.problem:
        st.error(plain(draft.problem), icon=":material/error:")
    if draft.holder:
        _ask(app, draft, details, draft.holder)


def _save(app: RegistrarFacade, draft: Draft, details: Details, reason: str = "") -> None:
    """Register; on success the page shows who was saved."""
    with st.spinner("Saving …"), draft.lock:
        if draft.saved is None:
            _register(app, draft, details, reason)
    if draft.saved:
        st.rerun()


def _register(app: RegistrarFacade, draft: Draft, details: Details, reason: str) -> None:
    """No Streamlit call in here: any could end this run between the write and its note."""
    draft.problem, draft.holder, draft.face_taken = "", None, False
    try:
        person = app.enrolment.register(details, draft.agreed_photos(app), reason)
        draft.finish(person)
    except FaceTaken as error:
        draft.holder, draft.face_taken = app.people.get(error.subject), True
        draft.problem = "" if draft.holder else str(error)
    except IdTaken as error:
        draft.holder = app.people.by_id(details.id.strip())
        draft.problem = "" if draft.holder else str(error)
    except StoreUnavailable:
        raise
    except FaceRecError as error:
        draft.problem = str(error)


def _add_to(app: RegistrarFacade, draft: Draft, holder: Person) -> None:
    """The photos become more templates of somebody who is registered."""
    with draft.lock:
        try:
            person = app.enrolment.add_photos(holder.subject, draft.agreed_photos(app))
            draft.finish(person, added=True)
        except StoreUnavailable:
            raise
        except FaceRecError as error:
            draft.problem = str(error)
    st.rerun()


def _ask(app: RegistrarFacade, draft: Draft, details: Details, holder: Person) -> None:
    """Somebody has this face or this ID already: show who, and offer what can be done."""
    what = "This face is already registered" if draft.face_taken else "This ID is already in use"
    with st.container(border=True, key="taken"):
        st.markdown(f":material/group: **{what}**")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            avatar(photo(app.pictures, holder.photo), holder.name)
            with st.container(gap=None, width="stretch"):
                st.markdown(f"**{plain(holder.name)}**")
                st.caption(" · ".join(plain(part) for part in (holder.id, holder.group) if part))
        if st.button(
            "Same person: add the photos to them", key=draft.name("add"), width="stretch",
            icon=":material/add_a_photo:",
        ):  # fmt: skip
            _add_to(app, draft, holder)
        if draft.face_taken:
            _confirm(app, draft, details)
        else:
            st.caption("Or change the ID above and save again.")


def _confirm(app: RegistrarFacade, draft: Draft, details: Details) -> None:
    reason = st.text_input(
        "Another person? Say why they look alike", key=draft.name("reason"),
        placeholder="For example: identical twins, checked by …",
    )  # fmt: skip
    if st.button("Save as another person", key=draft.name("confirm"), disabled=not reason.strip()):
        _save(app, draft, details, reason.strip())
        st.rerun()


def saved(app: RegistrarFacade, draft: Draft, person: Person) -> None:
    """The end: who was saved, and what can be done next."""
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        portrait(photo(app.pictures, person.photo, PORTRAIT), person.name)
    with right:
        st.success(
            f"**{plain(person.name)}** " + ("has new photos." if draft.added else "is registered.")
            + " The kiosk knows this face from now on.",
            icon=":material/check_circle:",
        )  # fmt: skip
        st.caption(f"{plain(person.id)} · {counted(len(person.templates), 'photo')}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Register another", type="primary", icon=":material/person_add:",
                on_click=callback(Right.PEOPLE_WRITE, forget_draft), key="register_another",
            )  # fmt: skip
            if st.button("Open the kiosk", icon=":material/videocam:", key="open_kiosk"):
                open_page(Page.TAKE_ATTENDANCE)
            link_to(Page.PEOPLE, "Profile", person=person.subject)
