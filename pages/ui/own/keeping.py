"""What is kept of a person, as they themselves see it: a copy to take along, and their consent."""

import io
from typing import Final

import streamlit as st

from face_rec.domain.people import Person
from face_rec.facades.people.own import OwnFacade
from face_rec.languages.translator import Translator
from pages.ui.frame.exports import STANDS, noted
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash
from pages.ui.own.said import own_words
from pages.ui.people.copies import COPIES, Copy
from pages.ui.shared.text import plain

_COPY: Final = "own_copy"
_SURE: Final = "own_consent_sure"


def keeping(app: OwnFacade, person: Person, words: Translator) -> None:
    """Both parts of it."""
    with st.container(border=True, key="own_copy_card"):
        st.subheader(words.gettext("What is kept of you"), anchor=False)
        _copy(app, person, words)
    with st.container(border=True, key="own_consent_card"):
        st.subheader(words.gettext("Your consent"), anchor=False)
        _consent(app, person, words)


def _copy(app: OwnFacade, person: Person, words: Translator) -> None:
    """Made when asked for, because it reads all marks and pictures."""
    said = words.gettext(
        "A ZIP file with everything: your details, marks, pictures and consent. Its tables are in "
        "English."
    )
    st.caption(said)
    if st.button(
        words.gettext("Prepare a copy"), icon=":material/folder_zip:", key="own_copy_make"
    ):
        subject = require(Right.OWN).subject
        out = io.BytesIO()
        with st.spinner(words.gettext("Collecting …")):
            app.copy(subject, out, words)
        st.session_state[_COPY] = COPIES.keep(subject, out.getvalue())
    made: Copy | None = st.session_state.get(_COPY)
    if made is not None and made.subject == person.subject:
        st.download_button(
            words.gettext("Download"),
            noted(Right.OWN, f"personal data of {person.id}", lambda: made.take(app.people),
                  about=person.subject, since=STANDS),
            file_name="personal-data.zip", mime="application/zip", icon=":material/download:",
            key="own_copy_take",
        )  # fmt: skip


def _consent(app: OwnFacade, person: Person, words: Translator) -> None:
    consent, zone = person.consent, app.site.timezone
    if consent is None:
        st.markdown(plain(words.gettext("No consent is recorded: you are not recognised.")))
        return
    if consent.withdrawn_at is not None:
        on = words.day(consent.withdrawn_at.astimezone(zone).date())
        said = words.gettext(
            "You withdrew your consent on {date}: you are not recognised any more. The office "
            "can erase what is kept, or record a new consent.",
            date=on,
        )
        st.markdown(plain(said))
        return
    on = words.day(consent.given_at.astimezone(zone).date())
    said = words.gettext("Given on {date}, text {version}.", date=on, version=consent.version)
    st.markdown(plain(said))
    with st.expander(words.gettext("The text")):
        st.markdown(plain(consent.text))
    _withdraw(app, words)


def _withdraw(app: OwnFacade, words: Translator) -> None:
    """It is asked once more, for it changes how somebody is marked from now on."""
    if not st.session_state.get(_SURE):
        if st.button(
            words.gettext("Withdraw consent …"), icon=":material/block:", key="own_withdraw"
        ):
            st.session_state[_SURE] = True
            st.rerun()
        return
    said = words.gettext(
        "Cameras will not recognise you any more, from this moment. Ask the office how you are "
        "marked then. What is kept stays until the office erases it."
    )
    st.warning(plain(said), icon=":material/block:")
    with st.container(horizontal=True):
        if st.button(words.gettext("Withdraw it"), type="primary", key="own_withdraw_sure"):
            app.withdraw_consent(require(Right.OWN).subject)
            st.session_state.pop(_SURE)
            flash(own_words(app).gettext("Your consent is withdrawn."))
            st.rerun()
        if st.button(words.gettext("Keep it"), key="own_withdraw_not"):
            st.session_state.pop(_SURE)
            st.rerun()
