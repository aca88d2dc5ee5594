"""Inviting people: those that were chosen under People, a list of IDs, or all without photos."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.domain.errors import ArchiveRefused
from face_rec.domain.people import Person
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.invitations.invitation import LASTS, LONGEST
from face_rec.invitations.invitation_service import InviteReport
from face_rec.languages.language import msgid
from face_rec.people.imports.collection import MOST_TABLE_BYTES
from face_rec.people.lists import people_file
from face_rec.protocols.models import Progress
from pages.ui.frame.identity import Identity, Right, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.frame.progress import of_people, show_job
from pages.ui.shared.chosen_people import taken_over
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many

JOB: Final = "invitations"
_STOPS: Final = msgid("Who was invited until then stays invited.")


def inviting(app: InvitationsFacade, identity: Identity) -> None:
    """The way to begin, and how far it is."""
    begun = taken_over()
    with st.container(horizontal=True):
        opened = st.button(said("Invite people"), icon=":material/send:", key="invite_open",
                           type="primary")  # fmt: skip
    if opened or begun:
        _invite(app, identity, begun)
    show_job(JOB, Right.PEOPLE_WRITE, of_people, _report, stops=said(_STOPS))


@dialog(msgid("Invite people to register"), Right.PEOPLE_WRITE, icon=":material/send:")
def _invite(app: InvitationsFacade, identity: Identity, chosen: Sequence[str]) -> None:
    with guarded("invitations.invite"):
        people = list(app.people.many(list(chosen)).values()) if chosen else _found(app)
        mailed = sum(bool(person.email) for person in people)
        st.markdown(
            said_many(
                "**{count} person** will be invited; an invitation that one of them has "
                "is replaced. Each gets a link of their own, which works once.",
                "**{count} people** will be invited; an invitation that one of them has "
                "is replaced. Each gets a link of their own, which works once.",
                len(people),
            )
        )
        days = st.number_input(
            said("Days that the links work"), 1, LONGEST, LASTS.days, key="invite_days"
        )
        mail = False
        if app.service.mail.on():
            mail = st.checkbox(
                said(
                    "Send it by mail to the {mailed} whose address is known",
                    mailed=formats().number(mailed),
                ), value=True, key="invite_mail", disabled=not mailed,
            )  # fmt: skip
        else:
            st.caption(said("No mail server is chosen (Notifications): hand the links out "
                           "on paper, or take them as a table."))  # fmt: skip
        if st.button(said("Invite"), type="primary", key="invite_go", disabled=not people):
            require(Right.PEOPLE_WRITE)
            _begin(app, identity, people, int(days), mail=mail and bool(mailed))


def _found(app: InvitationsFacade) -> list[Person]:
    everybody = [one for one in app.people.everybody().people if one.active]
    without = [one for one in everybody if not one.templates]
    file = st.file_uploader(
        said("IDs from a CSV file"), type=["csv"], key="invite_csv",
        max_upload_size=MOST_TABLE_BYTES >> 20,
        help=said("Its first line names a column `id`; others are left alone."),
    )  # fmt: skip
    if file is None:
        st.caption(said("Or choose people under People, as a table. Without a file it is "
                       "about all who are listed and have no photos."))  # fmt: skip
        return without
    try:
        wanted = {line.id for line in people_file.read(file.getvalue())}
    except ArchiveRefused as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return []
    unknown = sorted(wanted - {one.id for one in app.people.everybody().people})
    if unknown:
        st.warning(
            said_many(
                "Nobody has {count} ID of the file: {list}. Add these people first: "
                "Import list, under People.",
                "Nobody has {count} IDs of the file: {list}. Add these people first: "
                "Import list, under People.",
                len(unknown),
                list=plain(", ".join(unknown[:5])),
            ),
            icon=":material/warning:",
        )
    return [one for one in everybody if one.id in wanted]


def _begin(
    app: InvitationsFacade, identity: Identity, people: Sequence[Person], days: int, *, mail: bool
) -> None:
    subjects = [person.subject for person in people]

    def work(progress: Progress) -> InviteReport:
        return app.service.invite(
            subjects, identity.name, days=days, mail=mail,
            progress=progress,
        )  # fmt: skip

    JOBS.start(JOB, msgid("Inviting"), work, permit(Right.PEOPLE_WRITE))
    st.rerun()


def _report(job: Job) -> None:
    report = job.result
    if not isinstance(report, InviteReport):
        return
    with st.container(border=True):
        st.subheader(said("Invited"), anchor=False)
        told = said_many(
            "{count} person; {mailed} by mail",
            "{count} people; {mailed} by mail",
            len(report.invited),
            mailed=formats().number(report.mailed),
        )
        links = said("Links to print and as a table: see Invited.")
        st.caption(f"{told}. {links}")
        if report.refused:
            rows = [(person_id, in_words(why)) for _, person_id, why in report.refused]
            st.dataframe(
                pd.DataFrame(rows, columns=[said("ID"), said("Not invited: this person")]),
                hide_index=True, height=min(300, 38 + 35 * len(rows)), alt=said("Not invited"),
            )  # fmt: skip
