"""Badges: printing one or many, and taking one back."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from face_rec.access.devices.badge import Badge
from face_rec.access.rights import Act
from face_rec.badges.printed import MOST, Printed, Wanted
from face_rec.domain.errors import NotAllowed
from face_rec.domain.people import Person
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from pages.ui.frame.exports import OVER, noted
from pages.ui.frame.identity import Right, current, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import of_people, show_job
from pages.ui.frame.step_up import again, proven
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said, said_many

JOB: Final = "badges"
MANY: Final = "badges"
"""What the dialog for those who are ticked is known by."""
_STOPS: Final = msgid("Badges of those that were done are void, and no file is made: print again.")
_LAYOUTS: Final = {
    True: msgid("A4, ten a page, with marks to cut by"),
    False: msgid("One card a page"),
}


def badge_of(app: RegistrarFacade, person: Person) -> None:
    """The state of a person's badge, and what can be done about it."""
    found = app.badge_service.of(person.subject)
    if found is None:
        st.caption(
            said(
                "No badge. Its code marks this person at kiosks that read badges, "
                "without a face; such marks wait for a look under Records."
            )
        )
    else:
        st.caption(_state(app, found))
    with st.container(horizontal=True):
        key = f"badge_print_{person.subject}"
        pressed = st.button(
            said("Print badge …"), icon=":material/badge:", key=key, disabled=not person.active
        )
        if pressed or again(key):
            print_dialog(app, [person], key)
        if found is not None and st.button(
            said("Withdraw"), icon=":material/block:", key=f"badge_withdraw_{person.subject}"
        ):  # fmt: skip
            require(Right.PEOPLE_WRITE)
            app.badge_service.withdraw(person)
            flash(said("The badge is withdrawn."))
            st.rerun()


def _state(app: RegistrarFacade, found: Badge) -> str:
    zone = app.site.timezone
    made = times.date_and_time(found.made_at, zone)
    until = times.day(found.until, zone) if found.until else ""
    if not found.valid(app.clock.now()):
        return said(
            "The badge of {made} was valid until {until}. Printing another one makes it void.",
            made=made, until=until,
        )  # fmt: skip
    if until:
        return said(
            "The badge of {made} is valid until {until}. Printing another one makes it void.",
            made=made, until=until,
        )  # fmt: skip
    return said(
        "The badge of {made} is valid, until it is withdrawn. Printing another one makes it void.",
        made=made,
    )


@dialog(msgid("Print badges"), Right.PEOPLE_WRITE, icon=":material/badge:")
def print_dialog(app: RegistrarFacade, people: Sequence[Person], known_by: str) -> None:
    with guarded("people.badges"):
        if not proven(known_by):
            return
        st.markdown(
            said_many(
                "**{count} person** will have a new badge; one that somebody has is void at once. "
                "The file can be taken until it is closed here, and is kept nowhere.",
                "**{count} people** will have a new badge; one that somebody has is void at once. "
                "The file can be taken until it is closed here, and is kept nowhere.",
                len(people),
            )
        )
        sheet = st.segmented_control(
            said("Paper"), list(_LAYOUTS), default=len(people) > 1, key="badges_paper",
            format_func=lambda one: said(_LAYOUTS[one]), required=True,
        )  # fmt: skip
        photo = st.checkbox(
            said("With the photo, of those of whom one is kept"), value=True, key="badges_photo"
        )
        if len(people) > MOST:
            st.warning(
                said(
                    "A file has {most} badges at most. Choose fewer.", most=formats().number(MOST)
                )
            )
        if st.button(said("Print"), type="primary", key="badges_go", disabled=len(people) > MOST):
            _begin(app, people, Wanted(sheet=bool(sheet), photo=photo))


def _begin(app: RegistrarFacade, people: Sequence[Person], wanted: Wanted) -> None:
    require(Right.PEOPLE_WRITE)
    running = JOBS.get(JOB)
    if running is not None and running.running:
        st.error(said("Other badges are being printed. Wait until they are done."))
        return
    subjects = [person.subject for person in people]
    work = partial(app.badge_service.print_for, subjects, current().id, wanted)
    JOBS.start(JOB, msgid("Printing badges"), work, permit(Right.PEOPLE_WRITE))
    st.rerun()


def badges_progress() -> None:
    """Badges that are being printed, or the file of the last ones."""
    show_job(JOB, Right.PEOPLE_WRITE, of_people, _printed, stops=said(_STOPS))


def _pdf(number: int) -> bytes:
    printed = JOBS.made(JOB, number, Printed)
    if printed is None:
        raise NotAllowed(OVER)
    return printed.pdf


def _printed(job: Job) -> None:
    report = job.result
    if not isinstance(report, Printed):
        return
    with st.container(border=True):
        st.subheader(said("Badges"), anchor=False)
        st.caption(
            said_many(
                "{count} badge. Close this when you have the file.",
                "{count} badges. Close this when you have the file.",
                len(report.of),
            )
        )
        if report.refused:
            names = plain(", ".join(filter(None, report.refused)))
            st.warning(
                said("Deactivated, or gone: {names}.", names=names), icon=":material/warning:"
            )
        if report.by != current().id:
            st.info(said("Printed by {by}, who alone can take the file.", by=plain(report.by)))
        elif report.pdf:
            st.download_button(
                said("Badges (PDF)"),
                noted(Right.PEOPLE_WRITE, "badges", partial(_pdf, job.number), Act.BADGES),
                file_name="badges.pdf", mime="application/pdf", icon=":material/download:",
                key=f"badges_file_{job.number}",
            )  # fmt: skip
