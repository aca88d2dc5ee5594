"""A list that is being carried out, what became of it, and the way back."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.domain.people import Consent
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.languages.language import msgid
from face_rec.people.lists.list_changes import Done, ListReport
from face_rec.people.lists.list_plan import Doing, ListPlan
from pages.ui.frame.identity import Right, current, permit, require
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.progress import of_people, show_job
from pages.ui.shared.words import formats, in_words, said

JOB: Final = "people-list"
WORDS: Final = {
    Doing.NEW: msgid("New"),
    Doing.CHANGED: msgid("Changed"),
    Doing.SAME: msgid("As it was"),
    Doing.REFUSED: msgid("Refused"),
}
_STOPS: Final = msgid("What was changed until then stays.")


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
            said("Another list is being carried out. Wait until it is done, then press again."),
            icon=":material/error:",
        )
        return
    done: list[Done] = []
    work = partial(app.lists.carry_out, plan, consent, done=done)
    JOBS.start(JOB, title, work, permit(Right.PEOPLE_WRITE), lambda: ListReport(tuple(done)))
    st.rerun()


def list_progress(app: RegistrarFacade) -> None:
    """The list that is being carried out, or the report of the last one."""
    show_job(JOB, Right.PEOPLE_READ, of_people, partial(_report, app), stops=said(_STOPS))


def counted(count: Callable[[Doing], int]) -> str:
    """How many lines each has, in a sentence."""
    numbers = {doing.value: formats().number(count(doing)) for doing in Doing}
    return said(
        "New: {new}, changed: {changed}, as it was: {same}, refused: {refused}.", **numbers
    )


def _report(app: RegistrarFacade, job: Job) -> None:
    report = job.result
    if not isinstance(report, ListReport):
        return
    with st.container(border=True):
        st.subheader(said("Done"), anchor=False)
        st.caption(counted(report.count))
        refused = [line for line in report.done if line.reason]
        if refused:
            _refused(refused)
        back = report.back()
        key = f"people_list_undo_{job.number}"  # of this list: a second click takes nothing back
        may = current().may(Right.PEOPLE_WRITE)
        if back.steps and may and st.button(said("Undo"), icon=":material/undo:", key=key):
            require(Right.PEOPLE_WRITE)
            JOBS.forget(JOB)
            begin(app, msgid("Taking it back"), back)


def _refused(lines: Sequence[Done]) -> None:
    table = pd.DataFrame(
        [(line.id, in_words(line.reason)) for line in lines], columns=[said("ID"), said("Reason")]
    )
    st.dataframe(
        table, hide_index=True, height=min(300, 38 + 35 * len(table)), alt=said("Refused"),
        column_config={said("ID"): st.column_config.TextColumn(width=140)},
    )  # fmt: skip
