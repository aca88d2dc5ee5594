"""Badges: printing one or many, and taking one back."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from face_rec.access.rights import Act
from face_rec.badges.printed import MOST, Printed, Wanted
from face_rec.domain.people import Person
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Right, current, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import show_job
from pages.ui.frame.step_up import again, proven
from pages.ui.shared import times
from pages.ui.shared.text import counted, plain

JOB: Final = "badges"
MANY: Final = "badges"
"""What the dialog for those who are ticked is known by."""
_STOPS: Final = "Badges of those that were done are void, and no file is made: print again."
_LAYOUTS: Final = {True: "A4, ten a page, with marks to cut by", False: "One card a page"}


def badge_of(app: RegistrarFacade, person: Person) -> None:
    """The state of a person's badge, and what can be done about it."""
    found, zone = app.badge_desk.of(person.subject), app.site.timezone
    if found is None:
        st.caption(
            "No badge. Its code marks this person at kiosks that read badges, without a face; "
            "such marks wait for a look under Records."
        )
    else:
        over = not found.valid(app.clock.now())
        until = f" until {times.day(found.until, zone)}" if found.until else ""
        state = f"was valid{until}" if over else f"is valid{until or ', until it is withdrawn'}"
        made = times.date_and_time(found.made_at, zone)
        st.caption(f"The badge of {made} {state}. Printing another one makes it void.")
    with st.container(horizontal=True):
        key = f"badge_print_{person.subject}"
        pressed = st.button(
            "Print badge …", icon=":material/badge:", key=key, disabled=not person.active
        )
        if pressed or again(key):
            print_dialog(app, [person], key)
        if found is not None and st.button(
            "Withdraw", icon=":material/block:", key=f"badge_withdraw_{person.subject}"
        ):  # fmt: skip
            require(Right.PEOPLE_WRITE)
            app.badge_desk.withdraw(person)
            flash("The badge is withdrawn.")
            st.rerun()


@dialog("Print badges", Right.PEOPLE_WRITE, icon=":material/badge:")
def print_dialog(app: RegistrarFacade, people: Sequence[Person], known_by: str) -> None:
    with guarded("people.badges"):
        if not proven(known_by):
            return
        who = counted(len(people), "person", "people")
        st.markdown(
            f"**{who}** will have a new badge; one that somebody has is void at once. The file "
            "can be taken until it is closed here, and is kept nowhere."
        )
        sheet = st.segmented_control(
            "Paper", list(_LAYOUTS), default=len(people) > 1, format_func=_LAYOUTS.__getitem__,
            key="badges_paper", required=True,
        )  # fmt: skip
        photo = st.checkbox(
            "With the photo, of those of whom one is kept", value=True, key="badges_photo"
        )
        if len(people) > MOST:
            st.warning(f"A file has {MOST:,} badges at most. Choose fewer.")
        if st.button("Print", type="primary", key="badges_go", disabled=len(people) > MOST):
            _begin(app, people, Wanted(sheet=bool(sheet), photo=photo))


def _begin(app: RegistrarFacade, people: Sequence[Person], wanted: Wanted) -> None:
    require(Right.PEOPLE_WRITE)
    running = JOBS.get(JOB)
    if running is not None and running.running:
        st.error("Other badges are being printed. Wait until they are done.")
        return
    subjects = [person.subject for person in people]
    work = partial(app.badge_desk.print_for, subjects, current().id, wanted)
    JOBS.start(JOB, "Printing badges", work, permit(Right.PEOPLE_WRITE))
    st.rerun()


def badges_progress() -> None:
    """Badges that are being printed, or the file of the last ones."""
    show_job(JOB, Right.PEOPLE_WRITE, _amount, _printed, stops=_STOPS)


def _amount(job: Job) -> str:
    return f"{job.done:,} of {counted(job.total, 'person', 'people')}"


def _printed(job: Job) -> None:
    report = job.result
    if not isinstance(report, Printed):
        return
    with st.container(border=True):
        st.subheader("Badges", anchor=False)
        st.caption(f"{counted(len(report.of), 'badge')}. Close this when you have the file.")
        if report.refused:
            names = plain(", ".join(filter(None, report.refused)))
            st.warning(f"Deactivated, or gone: {names}.", icon=":material/warning:")
        if report.by != current().id:
            st.info(f"Printed by {plain(report.by)}, who alone can take the file.")
        elif report.pdf:
            st.download_button(
                "Badges (PDF)",
                noted(Right.PEOPLE_WRITE, "badges", lambda: report.pdf, Act.BADGES),
                file_name="badges.pdf", mime="application/pdf", icon=":material/download:",
                key=f"badges_file_{job.number}",
            )  # fmt: skip
