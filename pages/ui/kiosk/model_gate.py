"""Pages that need a recognition model say so, and go on by themselves when there is one."""

import streamlit as st

from face_rec.access.pages import Page
from face_rec.languages.translator import Translator
from face_rec.models.terms.model_status import ReportingModels
from pages.ui.frame.navigation import link
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import ANYBODY, repeating
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import words as reader


def model_ready(models: ReportingModels, words: Translator | None = None) -> bool:
    """Whether a model is loaded; if not, the page has been told what to do, in ``words``, or in
    the language of its reader."""
    if models.current() is not None:
        return True
    _wait_for_model(models, words or reader())
    return False


@repeating(1, *ANYBODY)
def _wait_for_model(models: ReportingModels, words: Translator) -> None:
    with guarded("model_gate"):
        status = models.status()
        if status.state == "ready":
            st.rerun(scope="app")
        if status.state == "loading":
            loading = words.gettext("The recognition model is being loaded")
            empty_state("hourglass_top", loading, words.gettext("A few seconds."))
            return
        needed = words.gettext("A recognition model is needed first")
        empty_state("neurology", needed, words.said(status.message))
        with st.container(horizontal=True, horizontal_alignment="center"):
            link(Page.MODELS, words.gettext("Install a model"))
