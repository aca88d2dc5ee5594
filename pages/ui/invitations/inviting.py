"""Inviting people: those that were chosen under People, a list of IDs, or all without photos."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.people import Person
from face_rec.facades.invitations import InvitationsFacade
from face_rec.invitations.desk import InviteReport
from face_rec.invitations.invitation import LASTS, LONGEST
from face_rec.people.imports.collection import MOST_TABLE_BYTES
from face_rec.people.lists import people_file
from face_rec.protocols.models import Progress
from pages.ui.frame.identity import Identity, Right, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import show_job
from pages.ui.shared.chosen_people import taken_over
from pages.ui.shared.text import counted, plain

JOB: Final = "invitations"
_STOPS: Final = "Who was invited until then stays invited."


def inviting(app: InvitationsFacade, identity: Identity) -> None:
    """The way to begin, and how far it is."""
    begun = taken_over()
    with st.container(horizontal=True):
        opened = st.button("Invite people", icon=":material/send:", key="invite_open",
                           type="primary")  # fmt: skip
    if opened or begun:
        _invite(app, identity, begun)
    show_job(JOB, Right.PEOPLE_WRITE, _amount, _report, stops=_STOPS)


@dialog("Invite people to register", Right.PEOPLE_WRITE, icon=":material/send:")
def _invite(app: InvitationsFacade, identity: Identity, chosen: Sequence[str]) -> None:
    with guarded("invitations.invite"):
        people = list(app.people.many(list(chosen)).values()) if chosen else _found(app)
        mailed = sum(bool(person.email) for person in people)
        st.markdown(
            f"**{counted(len(people), 'person', 'people')}** will be invited; an invitation that "
            "one of them has is replaced. Each gets a link of their own, which works once."
        )
        days = st.number_input(
            "Days that the links work", 1, LONGEST, LASTS.days, key="invite_days"
        )
        mail = False
        if app.desk.mail.on():
            mail = st.checkbox(
                f"Send it by mail to the {mailed:,} whose address is known", value=True,
                key="invite_mail", disabled=not mailed,
            )  # fmt: skip
        else:
            st.caption("No mail server is chosen (Notifications): hand the links out on paper, or "
                       "take them as a table.")  # fmt: skip
        if st.button("Invite", type="primary", key="invite_go", disabled=not people):
            require(Right.PEOPLE_WRITE)
            _begin(app, identity, people, int(days), mail=mail and bool(mailed))


def _found(app: InvitationsFacade) -> list[Person]:
    everybody = [one for one in app.people.everybody().people if one.active]
    without = [one for one in everybody if not one.templates]
    file = st.file_uploader(
        "IDs from a CSV file", type=["csv"], key="invite_csv",
        max_upload_size=MOST_TABLE_BYTES >> 20,
        help="Its first line names a column `id`; others are left alone.",
    )  # fmt: skip
    if file is None:
        st.caption("Or choose people under People, as a table. Without a file it is about all who "
                   "are listed and have no photos.")  # fmt: skip
        return without
    try:
        wanted = {line.id for line in people_file.read(file.getvalue())}
    except ArchiveRefused as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []
    unknown = sorted(wanted - {one.id for one in app.people.everybody().people})
    if unknown:
        st.warning(
            f"Nobody has {counted(len(unknown), 'ID')} of the file: "
            f"{plain(', '.join(unknown[:5]))}. Add these people first: Import list, under People.",
            icon=":material/warning:",
        )
    return [one for one in everybody if one.id in wanted]


def _begin(
    app: InvitationsFacade, identity: Identity, people: Sequence[Person], days: int, *, mail: bool
) -> None:
    subjects = [person.subject for person in people]

    def work(progress: Progress) -> InviteReport:
        return app.desk.invite(
            subjects, identity.name, days=days, mail=mail,
            progress=progress,
        )  # fmt: skip

    JOBS.start(JOB, "Inviting", work, permit(Right.PEOPLE_WRITE))
    st.rerun()


def _amount(job: Job) -> str:
    return f"{job.done:,} of {counted(job.total, 'person', 'people')}"


def _report(job: Job) -> None:
    report = job.result
    if not isinstance(report, InviteReport):
        return
    with st.container(border=True):
        st.subheader("Invited", anchor=False)
        said = f"{counted(len(report.invited), 'person', 'people')}; {report.mailed:,} by mail"
        st.caption(f"{said}. Links to print and as a table: see Invited.")
        if report.refused:
            rows = [(person_id, why) for _, person_id, why in report.refused]
            st.dataframe(
                pd.DataFrame(rows, columns=["ID", "Not invited: this person"]), hide_index=True,
                height=min(300, 38 + 35 * len(rows)), alt="Not invited",
            )  # fmt: skip
