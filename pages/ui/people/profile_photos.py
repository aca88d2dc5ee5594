"""A person's templates: what they are like, removing one, adding more."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face_rec.access.pages import Page
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PeopleError, PictureError
from face_rec.domain.people import Person, TemplateInfo, life_words
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.people.photos import capture_hints
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import MAX_BYTES, SUFFIXES, decode
from pages.ui.frame.navigation import link, open_button
from pages.ui.frame.outcome import flash
from pages.ui.shared import times
from pages.ui.shared.template_state import VIEWS, usable
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many

GOOD, FAIR = 0.6, 0.35
"""Quality scores from which on a photo is called good or fair."""


def template_table(app: RegistrarFacade, person: Person, may_write: bool) -> None:
    """One line a template, with its view, quality and date."""
    if not person.templates:
        st.caption(
            said("There are no photos, so this person cannot be recognised. Add some below.")
        )
    for template in person.templates:
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ):
            _template(app, template)
            if may_write:
                _remove_button(app, person, template)


def _template(app: RegistrarFacade, template: TemplateInfo) -> None:
    with st.container(gap=None, width="stretch"):
        st.markdown(f"**{said(VIEWS[template.view])}**")
        at = times.date_and_time(template.added_at, app.site.timezone)
        how = f" · {in_words(life_words(template.life))}" if template.life else ""
        st.caption(said("Added {at}", at=at) + how)
    if usable(app.models, template) and template.weak:
        st.badge(
            said("Weak"), color="orange", help=in_words(capture_hints.weakness(template.weak))
        )
    elif usable(app.models, template):
        word, colour = _word(template.quality)
        st.badge(f"{word} · {formats().percent(template.quality)}", color=colour)
    else:
        st.badge(
            said("Other model"),
            color="orange",
            help=said("Made by another model: it is not used now."),
        )


def _word(quality: float) -> tuple[str, Literal["green", "blue", "orange"]]:
    if quality >= GOOD:
        return said("Good"), "green"
    return (said("Fair"), "blue") if quality >= FAIR else (said("Poor"), "orange")


def _remove_button(app: RegistrarFacade, person: Person, template: TemplateInfo) -> None:
    key = f"remove_{person.subject}_{template.slot}"
    if st.button(said("Remove"), key=key, type="tertiary", icon=":material/delete:"):
        try:
            app.enrolment.remove_template(person.subject, template.slot)
        except PeopleError as error:
            st.error(plain(in_words(error.said)), icon=":material/error:")
            return
        flash(said("Photo removed."))
        st.rerun()


def add_photos(app: RegistrarFacade, person: Person) -> None:
    """Upload of several files; each is checked, and what is refused is said in words."""
    if app.models.current() is None:
        st.info(said("To add photos, install a recognition model first."), icon=":material/info:")
        link(Page.MODELS)
        return
    state = f"photos_{person.subject}_{person.version}"
    files = st.file_uploader(
        said("Add photos"),
        type=[suffix.lstrip(".") for suffix in SUFFIXES],
        accept_multiple_files=True,
        max_upload_size=MAX_BYTES // 2**20,
        key=state,
        help=said("Three good views (front, left, right) recognise a person best."),
    )
    reason = _reason(state)
    if st.button(said("Check and add"), disabled=not files, icon=":material/add_a_photo:"):
        with st.spinner(said("Checking the photos …")):
            accepted, refused = _checked(app, files)
        for name, why in refused:
            st.warning(f"**{plain(name)}**: {plain(why)}", icon=":material/no_photography:")
        for code in sorted({photo.weak for photo in accepted if photo.weak}):
            flash(in_words(capture_hints.weakness(code)))
        if accepted:
            _add(app, person, accepted, reason, state)


def _checked(
    app: RegistrarFacade, files: Sequence[UploadedFile]
) -> tuple[list[EnrolPhoto], list[tuple[str, str]]]:
    accepted: list[EnrolPhoto] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        try:
            accepted.append(app.enrolment.check(decode(file.getvalue()), accepted))
        except PictureError as error:
            refused.append((file.name, in_words(error.said)))
    return accepted, refused


def _add(
    app: RegistrarFacade, person: Person, photos: Sequence[EnrolPhoto], reason: str, state: str
) -> None:
    try:
        app.enrolment.add_photos(person.subject, photos, reason)
    except FaceTaken as error:
        st.session_state[f"{state}_taken"] = (error.subject, *error.others)
        st.rerun()
    except (PeopleError, PictureError) as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
    else:
        flash(said_many("{count} photo added.", "{count} photos added.", len(photos)))
        st.rerun()


def _reason(state: str) -> str:
    """Why a face that somebody else has may be added; asked only once that was found."""
    taken: tuple[str, ...] = st.session_state.get(f"{state}_taken", ())
    if not taken:
        return ""
    st.warning(
        said(
            "This face is already registered for another person. Check whether they are the same; "
            "to add the photos all the same, give the reason and press the button again."
        )
        if len(taken) == 1
        else said(
            "This face is already registered for {number} other people. Check whether they "
            "are the same; to add the photos all the same, give the reason and press the "
            "button again.",
            number=len(taken),
        ),
        icon=":material/group:",
    )
    for number, subject in enumerate(taken, 1):
        words = (
            said("Show the other person")
            if len(taken) == 1
            else said("Show person {number}", number=number)
        )
        key = f"{state}_other" if number == 1 else f"{state}_other_{number}"
        open_button(Page.PEOPLE, words, key, person=subject)
    return (
        st.text_input(
            said("Reason"), key=f"{state}_reason", placeholder=said("For example: twins")
        )
        or ""
    )
