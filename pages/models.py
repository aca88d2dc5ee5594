"""Models: the pack in use, what its scores mean here, and packs to install."""

import streamlit as st

from pages.ui.context import system
from pages.ui.identity import Right, require
from pages.ui.jobs import Job
from pages.ui.model_packs import JOB, offers, other_packs, upload
from pages.ui.model_status import status_card
from pages.ui.navigation import MODELS
from pages.ui.page import page
from pages.ui.progress import show_job
from pages.ui.text import file_size, plain

require(Right.MODELS)


def draw() -> None:
    app = system()
    status_card(app)
    busy = show_job(JOB, Right.MODELS, _amount, _installed)
    st.subheader("Model packs", anchor=False)
    offers(app, busy)
    other_packs(app)
    upload(app, busy)
    st.caption(f":material/gavel: {plain(app.models.status().licence)}")


def _amount(job: Job) -> str:
    if not job.total:
        return file_size(job.done) if job.done else "starting …"
    return f"{file_size(job.done)} of {file_size(job.total)}"


def _installed(job: Job) -> None:
    st.success(f"{plain(job.title)}: done.", icon=":material/check_circle:")


with page(MODELS, "What finds and recognises faces."):
    draw()
