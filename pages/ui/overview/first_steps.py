"""What to do in a new installation, until somebody is registered."""

import streamlit as st

from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.navigation import MODELS, REGISTER, TAKE_ATTENDANCE, go_button

_NUMBERS = {1: ":material/counter_1:", 2: ":material/counter_2:", 3: ":material/counter_3:"}
"""In full: the font that is served holds only icons that stand so in our pages."""


def first_steps(app: AttendanceFacade) -> None:
    """Three steps from an empty system to the first mark; the next one has the button."""
    ready = app.models.current() is not None
    with st.container(border=True, key="first_steps"):
        st.subheader("Welcome. Three steps to the first mark", anchor=False)
        one, two, three = st.columns(3, gap="medium")
        with one:
            if ready:
                _step(1, "Recognition model", "Installed and ready.", done=True)
            else:
                _step(1, "Recognition model", "Download a pack once, or upload it as a ZIP file.")
                go_button(MODELS, "Install a model", key="step_models")
        with two:
            _step(2, "First person", "Name, consent, and a short look into the camera.")
            if ready:
                go_button(REGISTER, "Register a person", key="step_register")
        with three:
            _step(3, "Kiosk", f"Open {TAKE_ATTENDANCE.title} on the device at the door.")


def _step(number: int, title: str, text: str, done: bool = False) -> None:
    icon = ":green[:material/check_circle:]" if done else _NUMBERS[number]
    with st.container(gap=None):
        st.markdown(f"{icon} **{title}**")
        st.caption(text)
