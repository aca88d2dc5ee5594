"""A job's progress on a page, until somebody has seen how it ended."""

from collections.abc import Callable

import streamlit as st

from pages.ui.frame.identity import Right
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.frame.parts import repeating
from pages.ui.shared.text import plain


def show_job(
    kind: str, right: Right, amount: Callable[[Job], str], ended: Callable[[Job], None]
) -> bool:
    """Draw the job of this ``kind``, if there is one; True while it is running.

    ``right``: that of the page, asked for again each time the progress moves. ``amount`` says
    how far a running one is (Markdown); ``ended`` draws a successful result.
    """
    job = JOBS.get(kind)
    if job is None:
        return False
    if job.running:
        repeating(0.7, right)(_running)(kind, amount)
        return True
    if job.error:
        st.error(plain(job.error), icon=":material/error:")
    else:
        ended(job)
    if st.button("Close", key=f"close_{kind}", icon=":material/close:"):
        JOBS.forget(kind)
        st.rerun()
    return False


def _running(kind: str, amount: Callable[[Job], str]) -> None:
    job = JOBS.get(kind)
    if job is None or not job.running:
        st.rerun(scope="app")
    st.progress(job.fraction, text=f"{plain(job.title)}: {amount(job)}")
    st.caption("You can leave this page; the work goes on.")
