"""Erasing a person, the only way in which somebody is deleted, and handing out the certificate."""

from collections.abc import Callable

import streamlit as st

from face_rec.access.pages import Page
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.privacy.certificate import Certificate
from pages.ui.frame.exports import STANDS, noted
from pages.ui.frame.identity import Right, acting_here
from pages.ui.frame.navigation import open_page
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.step_up import proven
from pages.ui.shared.text import plain
from pages.ui.shared.words import in_words, said, words

_CERTIFICATE = "erasure_certificate"
_COUNT = "erasures"
_EXPORT = "privacy_export"  # of the Privacy page: it must not outlive the person


def erasures() -> int:
    """How many people this session has erased: a key for widgets that must forget them."""
    return int(st.session_state.get(_COUNT, 0))


def erasing(person: Person) -> str:
    """What the dialog is known by."""
    return f"erase_{person.subject}"


@dialog(msgid("Erase this person?"), Right.PEOPLE_WRITE, icon=":material/delete_forever:")
def confirm_erasure(erase: Callable[[str, str], Certificate], person: Person) -> None:
    """Ask for the ID, erase by ``erase``, and keep the certificate for :func:`certificate_of`."""
    with guarded("people.erase"):
        if not proven(erasing(person)):
            return
        st.markdown(
            said(
                "**{name}**: templates, photos, pictures of marks, name, ID, e-mail, "
                "PIN, consent, shifts and leave are removed at once, here and in every "
                "kiosk, and cannot be brought back. The marks stay without a name. You "
                "get a certificate.",
                name=plain(person.name),
            )
        )
        st.caption(said("To keep everything and only stop recognising them, deactivate instead."))
        typed = st.text_input(
            said("Type the ID {id} to confirm", id=plain(person.id)), key="erase_typed"
        )
        sure = (typed or "").strip() == person.id
        if st.button(said("Erase for good"), type="primary", disabled=not sure, key="erase_sure"):
            with st.spinner(said("Erasing …")):
                certificate = erase(person.subject, acting_here().name)
            st.session_state[_CERTIFICATE] = certificate
            st.session_state.pop(_EXPORT, None)
            st.session_state[_COUNT] = erasures() + 1
            if "person" in st.query_params:  # their own page, which is gone
                open_page(Page.PEOPLE)
            st.rerun()


def certificate_of() -> None:
    """The last certificate of this session: there is no copy of it anywhere else."""
    certificate: Certificate | None = st.session_state.get(_CERTIFICATE)
    if certificate is None:
        return
    st.success(
        said(
            "{name} is erased. Download the certificate now: no copy is kept.",
            name=plain(certificate.name),
        ),
        icon=":material/task_alt:",
    )
    for sentence in certificate.files:
        st.caption(plain(in_words(sentence)))
    with st.container(horizontal=True):
        stem = f"erasure-{certificate.number}"
        _download(certificate.as_pdf(words()), f"{stem}.pdf", "application/pdf")
        _download(certificate.as_text(words()), f"{stem}.txt", "text/plain")
        _download(certificate.as_json(), f"{stem}.json", "application/json")
        if st.button(said("Close"), icon=":material/close:", key="certificate_close"):
            st.session_state.pop(_CERTIFICATE)
            st.rerun()


def _download(content: bytes, name: str, mime: str) -> None:
    kind = name.rpartition(".")[2].upper()
    st.download_button(
        said("Certificate ({kind})", kind=kind),
        noted(Right.PEOPLE_WRITE, name, lambda: content, since=STANDS), file_name=name, mime=mime,
        icon=":material/download:", key=f"certificate_{kind}", on_click="ignore",
    )  # fmt: skip
