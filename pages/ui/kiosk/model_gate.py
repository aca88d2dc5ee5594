"""Pages that need a recognition model say so, and go on by themselves when there is one."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.models.status import ReportingModels
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import ANYBODY, repeating
from pages.ui.shared.widgets import empty_state


def model_ready(models: ReportingModels) -> bool:
    """Whether a model is loaded; if not, the page has been told what to do."""
    if models.current() is not None:
        return True
    _wait_for_model(models)
    return False


@repeating(1, *ANYBODY)
def _wait_for_model(models: ReportingModels) -> None:
    with guarded("model_gate"):
        status = models.status()
        if status.state == "ready":
            st.rerun(scope="app")
        if status.state == "loading":
            empty_state("hourglass_top", "The recognition model is being loaded", "A few seconds.")
            return
        empty_state("neurology", "A recognition model is needed first", status.message)
        with st.container(horizontal=True, horizontal_alignment="center"):
            link(Page.MODELS, "Install a model")
