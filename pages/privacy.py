"""Privacy: what is kept how long, whether marks are unchanged, and a person's own rights."""

import io
from typing import cast

import streamlit as st

from face_rec.access.pages import Page
from face_rec.access.rights import Act
from face_rec.domain.people import Person
from face_rec.facades.people.privacy import PrivacyFacade, Report
from face_rec.languages.language import msgid
from pages.ui.frame.exports import STANDS, noted
from pages.ui.frame.identity import Right, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import page
from pages.ui.frame.progress import show_job
from pages.ui.frame.step_up import again, awaited, fresh, proven
from pages.ui.people.copies import COPIES, Copy
from pages.ui.people.erasing import certificate_of, confirm_erasure, erasing, erasures
from pages.ui.shared import times
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import facts
from pages.ui.shared.words import formats, in_words, said, said_many, words
from pages.ui.system.retention_card import retention_card
from pages.ui.unknown.keeping import keeping_card

require(Page.PRIVACY.right)

JOB = "verify"
_EXPORT = "privacy_export"

# --- a person's rights


def person_card(app: PrivacyFacade) -> None:
    """Choose somebody, then what to do for them."""
    certificate_of()
    index = people_index(app.people)
    key = f"privacy_person_{erasures()}"  # a new one: no browser shows the name on
    begun = awaited().partition("_")[2]  # back from a proof, which was given for somebody
    if begun in index.by_subject:
        st.session_state.setdefault(key, begun)
    subject = st.selectbox(
        said("Person"),
        list(index.by_subject),
        index=None,
        format_func=lambda found: _label(index, found),
        placeholder=said("Name or ID"),
        key=key,
    )
    person = app.people.get(subject) if subject else None
    if person is None:
        st.caption(
            said(
                "Choose a person to withdraw or record their consent, to give them "
                "everything that is held about them, or to erase them."
            )
        )
        return
    _consent(app, person)
    with st.container(horizontal=True):
        _export(app, person)
        pressed = st.button(said("Erase …"), icon=":material/delete_forever:", key="privacy_erase")
        if pressed or again(erasing(person)):
            confirm_erasure(app.erase, person)


def _label(index: Index, subject: str) -> str:
    person = index.by_subject.get(subject)
    return f"{person.name} ({person.id})" if person else ""


def _consent(app: PrivacyFacade, person: Person) -> None:
    consent = person.consent
    if consent is not None and consent.valid:
        given = times.day(consent.given_at, app.site.timezone)
        st.markdown(
            said(
                "Consent given on {given}, version {version}.",
                given=given,
                version=plain(consent.version),
            )
        )
        if st.button(said("Withdraw consent"), icon=":material/block:", key="privacy_withdraw"):
            app.consent.withdraw(person.subject)
            flash(said("Consent withdrawn: this person is not recognised any more."))
            st.rerun()
        return
    ended = said(
        "There is no consent: this person is not recognised. Erase them unless they consent again."
    )
    if consent is not None and consent.withdrawn_at is not None:
        ended = said(
            "Consent was withdrawn on {day}: this person is not recognised. Erase them unless "
            "they consent again.",
            day=times.day(consent.withdrawn_at, app.site.timezone),
        )
    st.warning(ended, icon=":material/block:")
    st.caption(plain(app.site.consent_text))
    agreed = st.checkbox(said("The person has agreed to this text"), key=f"agree_{person.subject}")
    if st.button(said("Record consent"), disabled=not agreed, key="privacy_give"):
        site = app.site
        app.consent.give(person.subject, site.consent_text, site.consent_version)
        flash(said("Consent recorded."))
        st.rerun()


def _export(app: PrivacyFacade, person: Person) -> None:
    """Made when asked, because it reads all marks and pictures; held until another is."""
    key = f"export_{person.subject}"
    pressed = st.button(
        said("Prepare export"), icon=":material/folder_zip:", key="privacy_prepare"
    )
    if pressed or again(key):
        if not proven(key):
            return
        out = io.BytesIO()
        with st.spinner(said("Collecting everything about this person …")):
            app.export(person.subject, out, words())
        st.session_state[_EXPORT] = COPIES.keep(person.subject, out.getvalue())
    made: Copy | None = st.session_state.get(_EXPORT)
    if made is not None and made.subject == person.subject and fresh():
        st.download_button(
            said("Download ZIP"),
            noted(
                Right.SYSTEM,
                f"personal data of {person.id}",
                lambda: made.take(app.people),
                Act.EXPORT,
                person.subject,
                since=STANDS,
            ),
            file_name="personal-data.zip",
            mime="application/zip",
            icon=":material/download:",
            key="privacy_download",
        )


# --- the chain of marks


def chain_card(app: PrivacyFacade) -> None:
    """The witness, and a check of everything when asked."""
    status = app.chain.status()
    at = times.date_and_time(status.at, app.site.timezone) if status.at else said("not yet")
    daily = app.last_check()
    checked = (
        times.date_and_time(daily.at, app.site.timezone)
        if daily.at
        else said("some minutes after the start")
    )
    facts([
        (said("Last witness"), at),
        (said("Kept in"), formats().listed(map(in_words, status.places)) or "–"),
        (said("Last daily check"), checked),
    ])  # fmt: skip
    if daily.findings:
        found = said_many(
            "{count} finding: {first}",
            "{count} findings, the first: {first}",
            daily.findings,
            first=in_words(daily.first),
        )
        st.error(plain(found), icon=":material/link_off:")
    if status.broken:
        st.error(plain(in_words(status.broken)), icon=":material/link_off:")
    if status.problem:
        st.warning(plain(in_words(status.problem)), icon=":material/warning:")
    st.caption(
        said(
            "Every mark is linked to the one before it with a secret key. A mark that "
            "was changed, removed, added or reordered breaks a link. Copies of the "
            "newest link outside the database also show a tail that was cut off, or a "
            "day that is missing. People, rules, accounts, kiosks, API tokens, the "
            "site's options and the audit log are linked in the same way."
        )
    )
    busy = show_job(JOB, Right.SYSTEM, _amount, _result)
    if st.button(said("Check all marks"), icon=":material/policy:", key="verify", disabled=busy):
        JOBS.start(JOB, msgid("Checking the marks"), app.chain.verify, permit(Right.SYSTEM))
        st.rerun()


def _amount(job: Job) -> str:
    return (
        said_many(
            "{done} of {count} day",
            "{done} of {count} days",
            job.total,
            done=formats().number(job.done),
        )
        if job.total
        else said("starting …")
    )


def _result(job: Job) -> None:
    report = cast("Report", job.result)
    verdict, *rest = map(in_words, report.lines())
    if report.whole:
        st.success(plain(verdict), icon=":material/verified:")
    else:
        st.error(plain(verdict), icon=":material/link_off:")
    for line in rest:
        st.caption(plain(line))


with page(Page.PRIVACY, said("What is kept about people, how long, and what they may ask for.")):
    with st.container(border=True):
        st.subheader(said("A person's rights"), anchor=False)
        person_card(PrivacyFacade.current())
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader(said("Retention"), anchor=False)
        retention_card(PrivacyFacade.current())
    with right.container(border=True, height="stretch"):
        st.subheader(said("Unchanged marks"), anchor=False)
        chain_card(PrivacyFacade.current())
    with st.container(border=True):
        st.subheader(said("Unknown people"), anchor=False)
        keeping_card(PrivacyFacade.current())
