"""Privacy: what is kept how long, whether marks are unchanged, and a person's own rights."""

import io
from typing import cast

import streamlit as st

from face_rec.access.pages import Page
from face_rec.access.rights import Act
from face_rec.domain.people import Person
from face_rec.facades.admin import AdminFacade, Report
from face_rec.privacy.retention import Periods, Run
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import page
from pages.ui.frame.progress import show_job
from pages.ui.frame.step_up import again, awaited, fresh, proven
from pages.ui.people.erasing import certificate_of, confirm_erasure, erasing, erasures
from pages.ui.shared import times
from pages.ui.shared.people_index import Index, people_index
from pages.ui.shared.text import counted, file_size, plain
from pages.ui.shared.widgets import facts
from pages.ui.unknown.keeping import keeping_card

require(Page.PRIVACY.right)

JOB = "verify"
_EXPORT = "privacy_export"

# --- a person's rights


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


# --- the chain of marks


def chain_card(app: AdminFacade) -> None:
    """The witness, and a check of everything when asked."""
    status = app.chain.status()
    at = times.date_and_time(status.at, app.site.timezone) if status.at else "not yet"
    daily = app.last_check()
    checked = (
        times.date_and_time(daily.at, app.site.timezone)
        if daily.at
        else "some minutes after the start"
    )
    facts([
        ("Last witness", at), ("Kept in", " and ".join(status.places) or "–"),
        ("Last daily check", checked),
    ])  # fmt: skip
    if daily.findings:
        st.error(plain(f"{daily.findings} findings, the first: {daily.first}"),
                 icon=":material/link_off:")  # fmt: skip
    if status.broken:
        st.error(plain(status.broken), icon=":material/link_off:")
    if status.problem:
        st.warning(plain(status.problem), icon=":material/warning:")
    st.caption(
        "Every mark is linked to the one before it with a secret key. A mark that was changed, "
        "removed, added or reordered breaks a link. Copies of the newest link outside the "
        "database also show a tail that was cut off, or a day that is missing. People, rules, "
        "accounts, kiosks, API tokens, the site's options and the audit log are linked in the "
        "same way."
    )
    busy = show_job(JOB, Right.SYSTEM, _amount, _result)
    if st.button("Check all marks", icon=":material/policy:", key="verify", disabled=busy):
        JOBS.start(JOB, "Checking the marks", app.chain.verify, permit(Right.SYSTEM))
        st.rerun()


def _amount(job: Job) -> str:
    return f"{job.done} of {counted(job.total, 'day')}" if job.total else "starting …"


def _result(job: Job) -> None:
    report = cast("Report", job.result)
    verdict, *rest = report.lines()
    if report.whole:
        st.success(plain(verdict), icon=":material/verified:")
    else:
        st.error(plain(verdict), icon=":material/link_off:")
    for line in rest:
        st.caption(plain(line))


# --- retention


def retention_card(app: AdminFacade) -> None:
    """Periods, the last run, and a button for the next."""
    retention = app.privacy.retention
    last = retention.last()
    facts(
        [
            *_periods(retention.periods),
            _kept_photos(app, last),
            _encryption(app),
            *_last(app, last),
        ]
    )
    if last is not None and last.problem:
        st.warning(plain(last.problem), icon=":material/warning:")
    if not (retention.periods.snapshots or retention.periods.inactive):
        st.caption(
            "Nothing is removed by itself. Say under Settings, This site, what your data "
            "protection rules ask for."
        )
        return
    st.caption(
        "The job runs soon after each start and then once a day. Periods: Settings, This site."
    )
    if st.button("Run now", icon=":material/auto_delete:", key="retention_run"):
        _run(app)


def _periods(periods: Periods) -> list[tuple[str, str]]:
    return [
        ("Pictures of marks", _kept(periods.snapshots, "")),
        ("Faces of inactive people", _kept(periods.inactive, " without a mark")),
    ]


def _kept(days: int, until: str) -> str:
    return f"removed after {counted(days, 'day')}{until}" if days else "kept until deleted"


def _kept_photos(app: AdminFacade, run: Run | None) -> tuple[str, str]:
    """Since when another model needs nobody to come in again, and what that takes on the disk."""
    if not app.site.keep_photos:
        return ("Enrolment photos", "only a portrait each: another model calls everybody in")
    amount = f"{run.kept:,}, {file_size(run.kept_bytes)}" if run else "counted at the next run"
    return ("Enrolment photos", f"kept with the person: {amount}")


def _encryption(app: AdminFacade) -> tuple[str, str]:
    on = "encrypted with the data key" if app.privacy.encrypted else "not encrypted (no DATA_KEY)"
    return ("Templates and pictures", on)


def _last(app: AdminFacade, run: Run | None) -> list[tuple[str, str]]:
    if run is None:
        return [("Last run", "never")]
    removed = [
        counted(run.pictures, "picture"),
        f"faces of {counted(run.people, 'person', 'people')}",
        counted(run.templates, "template"),
    ]
    return [
        ("Last run", times.date_and_time(run.ended_at, app.site.timezone)),
        ("It removed", ", ".join(removed)),
    ]


def _run(app: AdminFacade) -> None:
    with st.spinner("Looking for what is old enough …"):
        run = app.privacy.retention.run()
    flash("Done." if run is not None else "Another process is at it already.")
    st.rerun()


with page(Page.PRIVACY, "What is kept about people, how long, and what they may ask for."):
    with st.container(border=True):
        st.subheader("A person's rights", anchor=False)
        person_card(AdminFacade.current())
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader("Retention", anchor=False)
        retention_card(AdminFacade.current())
    with right.container(border=True, height="stretch"):
        st.subheader("Unchanged marks", anchor=False)
        chain_card(AdminFacade.current())
    with st.container(border=True):
        st.subheader("Unknown people", anchor=False)
        keeping_card(AdminFacade.current())
