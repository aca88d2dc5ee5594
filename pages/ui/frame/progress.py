"""A job's progress on a page, until somebody has seen how it ended."""

from collections.abc import Callable

import streamlit as st

from pages.ui.frame.identity import Right
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.parts import repeating
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, in_words, said, said_many


def show_job(
    kind: str,
    right: Right,
    amount: Callable[[Job], str],
    ended: Callable[[Job], None],
    *,
    stops: str = "",
) -> bool:
    """Draw the job of this ``kind``, if there is one; True while it is running.

    ``right``: that of the page, asked for again each time the progress moves. ``amount`` says how
    far a running one is (Markdown); ``ended`` draws a result, also what there is of one where the
    work ended before its time. ``stops``: what it means
    to stop it, for one that can be; "" draws no button.
    """
    job = JOBS.get(kind)
    if job is None:
        return False
    if job.running:
        repeating(0.7, right)(_running)(kind, amount, stops)
        return True
    if job.error:
        st.error(plain(in_words(job.error)), icon=":material/error:")
    elif job.stopped:
        tell_stopped(job, stops)
    if job.result is not None or not (job.error or job.stopped):
        ended(job)
    if st.button(said("Close"), key=f"close_{kind}", icon=":material/close:"):
        JOBS.forget(kind)
        st.rerun()
    return False


def tell_stopped(job: Job, stops: str) -> None:
    """What became of a job that somebody has stopped."""
    stopped = said("{job} was stopped.", job=plain(in_words(job.title)))
    st.info(f"{stopped} {stops}", icon=":material/stop_circle:")


def of_people(job: Job) -> str:
    """How far work is that goes from person to person."""
    return said_many(
        "{done} of {count} person",
        "{done} of {count} people",
        job.total,
        done=formats().number(job.done),
    )


def _running(kind: str, amount: Callable[[Job], str], stops: str) -> None:
    job = JOBS.get(kind)
    if job is None or not job.running:
        st.rerun(scope="app")
    st.progress(job.fraction, text=f"{plain(in_words(job.title))}: {amount(job)}")
    if job.waits:
        st.warning(plain(in_words(job.waits)), icon=":material/schedule:")
    st.caption(said("You can leave this page; the work goes on."))
    all_here = job.total and job.done >= job.total
    if stops and not all_here and st.button(
        said("Stop"), key=f"stop_{kind}", icon=":material/stop_circle:", help=stops,
        disabled=job.stopped,
    ):  # fmt: skip
        job.stopped = True
