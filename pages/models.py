"""Models: the pack in use, what its scores mean here, and packs to install."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.facades.admin import AdminFacade
from pages.ui.frame.identity import Right, require
from pages.ui.frame.jobs import Job
from pages.ui.frame.page import page
from pages.ui.frame.progress import show_job
from pages.ui.shared.text import file_size, plain
from pages.ui.system.model_packs import JOB, offers, other_packs, upload
from pages.ui.system.model_status import status_card

require(Page.MODELS.right)


def draw() -> None:
    app = AdminFacade.current()
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


with page(Page.MODELS, "What finds and recognises faces."):
    draw()
