"""Consent and export of one person, and the way to erase them."""

import io

import streamlit as st

from face_rec.access.rights import Act
from face_rec.domain.people import Person
from face_rec.facades.admin import AdminFacade
from pages.ui.frame.exports import noted
from pages.ui.frame.flash import flash
from pages.ui.frame.identity import Right
from pages.ui.frame.step_up import again, awaited, fresh, proven
from pages.ui.people.erasing import certificate_of, confirm_erasure, erasing, erasures
from pages.ui.shared import times
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.text import plain

_EXPORT = "privacy_export"


def person_card(app: AdminFacade) -> None:
    """Choose somebody, then what to do for them."""
    certificate_of(app.privacy)
    index = people_index(app.people)
    key = f"privacy_person_{erasures()}"  # a new one: no browser shows the name on
    begun = awaited().partition("_")[2]  # back from a proof, which was given for somebody
    if begun in index.by_subject:
        st.session_state.setdefault(key, begun)
    subject = st.selectbox(
        "Person",
        list(index.by_subject),
        index=None,
        format_func=lambda found: _label(index, found),
        placeholder="Name or ID",
        key=key,
    )
    person = app.people.get(subject) if subject else None
    if person is None:
        st.caption(
            "Choose a person to withdraw or record their consent, to give them everything that "
            "is held about them, or to erase them."
        )
        return
    _consent(app, person)
    with st.container(horizontal=True):
        _export(app, person)
        pressed = st.button("Erase …", icon=":material/delete_forever:", key="privacy_erase")
        if pressed or again(erasing(person)):
            confirm_erasure(app.privacy, person)


def _label(index: Index, subject: str) -> str:
    person = index.by_subject.get(subject)
    return f"{person.name} ({person.id})" if person else ""


# --- consent


def _consent(app: AdminFacade, person: Person) -> None:
    consent = person.consent
    if consent is not None and consent.valid:
        given = times.day(consent.given_at, app.site.timezone)
        st.markdown(f"Consent given on {given}, version {plain(consent.version)}.")
        if st.button("Withdraw consent", icon=":material/block:", key="privacy_withdraw"):
            app.privacy.consent.withdraw(person.subject)
            flash("Consent withdrawn: this person is not recognised any more.")
            st.rerun()
        return
    ended = "There is no consent"
    if consent is not None and consent.withdrawn_at is not None:
        ended = f"Consent was withdrawn on {times.day(consent.withdrawn_at, app.site.timezone)}"
    st.warning(
        f"{ended}: this person is not recognised. Erase them unless they consent again.",
        icon=":material/block:",
    )
    st.caption(plain(app.site.consent_text))
    agreed = st.checkbox("The person has agreed to this text", key=f"agree_{person.subject}")
    if st.button("Record consent", disabled=not agreed, key="privacy_give"):
        site = app.site
        app.privacy.consent.give(person.subject, site.consent_text, site.consent_version)
        flash("Consent recorded.")
        st.rerun()


# --- export


def _export(app: AdminFacade, person: Person) -> None:
    """Made when asked, because it reads all marks and pictures; held until another is."""
    key = f"export_{person.subject}"
    pressed = st.button("Prepare export", icon=":material/folder_zip:", key="privacy_prepare")
    if pressed or again(key):
        if not proven(key):
            return
        out = io.BytesIO()
        with st.spinner("Collecting everything about this person …"):
            app.privacy.export.write(person.subject, out)
        st.session_state[_EXPORT] = (person.subject, out.getvalue())
    made = st.session_state.get(_EXPORT)
    if made is not None and made[0] == person.subject and fresh():
        st.download_button(
            "Download ZIP",
            noted(
                Right.SYSTEM,
                f"personal data of {person.id}",
                lambda: made[1],
                Act.EXPORT,
                person.subject,
            ),
            file_name="personal-data.zip",
            mime="application/zip",
            icon=":material/download:",
            key="privacy_download",
        )
