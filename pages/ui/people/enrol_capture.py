"""The guided capture: the page says where to look and takes the good pictures by itself."""

import time

import streamlit as st

from face_rec.domain.faces import View
from face_rec.facades.registrar import RegistrarFacade
from pages.ui.frame.identity import Right
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback, repeating
from pages.ui.kiosk.camera import camera, keep_alive
from pages.ui.people.enrolment_draft import Capture, Draft
from pages.ui.shared.text import html

_STEPS = {
    View.FRONT: ("Front", "face"),
    View.LEFT: ("Left", "arrow_back"),
    View.RIGHT: ("Right", "arrow_forward"),
    View.UP: ("Up", "arrow_upward"),
    View.DOWN: ("Down", "arrow_downward"),
}
"""Word and icon of each view, in the order asked for; the arrows suit a mirrored picture."""


def guided(app: RegistrarFacade, draft: Draft) -> None:
    """Video with hint and progress; done, it gives way to the photos it took."""
    if draft.guided_done:
        st.success("All views are taken. Save, or add more photos.", icon=":material/task_alt:")
        st.button(
            "Take them again",
            on_click=callback(Right.PEOPLE_WRITE, _again),
            args=(draft,),
            type="tertiary",
        )
        return
    capture = draft.start_capture(app)
    _hint(draft, capture)
    camera("register", capture.pump, app.ice_servers())


def _again(draft: Draft) -> None:
    draft.photos.clear()
    draft.guided_done = False


@repeating(0.4, Right.PEOPLE_WRITE)
def _hint(draft: Draft, capture: Capture) -> None:
    """What to do now, how far it is, and the camera's keeper."""
    with guarded("register.hint"):
        state = capture.guide.state()
        if state.done:
            draft.end_capture()
            draft.guided_done = True
            st.rerun(scope="app")
        taken = {photo.view for photo in state.photos}
        steps = "".join(_step(view, view in taken, view is state.wanted) for view in _STEPS)
        st.html(
            f'<div class="fr-guide" role="status" data-testid="guide"><b>{html(state.hint)}</b>'
            f'<div class="fr-steps">{steps}</div></div>'
        )
        keep_alive("register", capture.stream.stats().frame_age, time.monotonic(), room=0.46)


def _step(view: View, taken: bool, wanted: bool) -> str:
    word, sign = _STEPS[view]
    style = "fr-taken" if taken else "fr-wanted" if wanted else ""
    return f'<span class="fr-step {style}"><i>{"check" if taken else sign}</i>{word}</span>'
