"""A list that is being carried out, what became of it, and the way back."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.domain.people import Consent
from face_rec.facades.registrar import RegistrarFacade
from face_rec.people.lists.list_changes import Done, ListReport
from face_rec.people.lists.list_plan import Doing, ListPlan
from pages.ui.frame.identity import Right, current, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import counted

JOB: Final = "people-list"
WORDS: Final = {
    Doing.NEW: "New",
    Doing.CHANGED: "Changed",
    Doing.SAME: "As it was",
    Doing.REFUSED: "Refused",
}
_STOPS: Final = "What was changed until then stays."


def begin(
    app: RegistrarFacade, title: str, plan: ListPlan, consent: Consent | None = None
) -> None:
    """Carry ``plan`` out in the background, and draw the page anew; unless it does nothing, as
    for the second of two clicks, or another list is being carried out, which is said."""
    if not plan.changing:
        return
    running = JOBS.get(JOB)
    if running is not None and running.running:
        st.error(
            "Another list is being carried out. Wait until it is done, then press again.",
            icon=":material/error:",
        )
        return
    done: list[Done] = []
    work = partial(app.lists.carry_out, plan, consent, done=done)
    JOBS.start(JOB, title, work, permit(Right.PEOPLE_WRITE), lambda: ListReport(tuple(done)))
    st.rerun()


def list_progress(app: RegistrarFacade) -> None:
    """The list that is being carried out, or the report of the last one."""
    show_job(JOB, Right.PEOPLE_READ, _amount, partial(_report, app), stops=_STOPS)


def _amount(job: Job) -> str:
    return f"{job.done:,} of {counted(job.total, 'person', 'people')}"


def _report(app: RegistrarFacade, job: Job) -> None:
    report = job.result
    if not isinstance(report, ListReport):
        return
    counts = [f"{WORDS[doing].lower()}: {report.count(doing):,}" for doing in Doing]
    with st.container(border=True):
        st.subheader("Done", anchor=False)
        st.caption(f"{', '.join(counts).capitalize()}.")
        refused = [line for line in report.done if line.reason]
        if refused:
            _refused(refused)
        back = report.back()
        key = f"people_list_undo_{job.number}"  # of this list: a second click takes nothing back
        may = current().may(Right.PEOPLE_WRITE)
        if back.steps and may and st.button("Undo", icon=":material/undo:", key=key):
            require(Right.PEOPLE_WRITE)
            JOBS.forget(JOB)
            begin(app, "Taking it back", back)


def _refused(lines: Sequence[Done]) -> None:
    table = pd.DataFrame([(line.id, line.reason) for line in lines], columns=["ID", "Reason"])
    st.dataframe(
        table, hide_index=True, height=min(300, 38 + 35 * len(table)), alt="Refused",
        column_config={"ID": st.column_config.TextColumn(width=140)},
    )  # fmt: skip
