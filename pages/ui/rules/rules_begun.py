"""The rules as they were when somebody opened the settings: what their forms begin from.

Forms that followed every change would throw away what is being typed; forms that did not know
what they began from would overwrite what somebody else saved meanwhile.
"""

from typing import Final

import streamlit as st

from face_rec.attendance.rules.rules import Rules
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.shared.words import said

_KEY: Final = "_rules_begun"


def begin_anew() -> None:
    """When the page is opened, and after saving."""
    st.session_state.pop(_KEY, None)


def begun(app: AttendanceFacade) -> Rules:
    """What the lists and forms show, and what saving compares with."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = app.service.timesheets.rules()
    kept: Rules = st.session_state[_KEY]
    return kept


def tell_of_others(app: AttendanceFacade) -> None:
    """A word, and a way out, when somebody else has changed the rules since."""
    if app.service.timesheets.rules().version == begun(app).version:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            said(
                "Somebody else has changed the rules since you opened this page. What you enter "
                "is kept, and is not saved over a change of the same entry."
            ),
            icon=":material/group:",
        )
        if st.button(said("Show what is stored now"), key="rules_reload"):
            begin_anew()
            st.rerun(scope="app")
