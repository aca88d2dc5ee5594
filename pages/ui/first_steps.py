"""What to do in a new installation, until somebody is registered."""

import streamlit as st

from face_rec.system import System
from pages.ui.navigation import MODELS, REGISTER, TAKE_ATTENDANCE, Entry, link


def first_steps(app: System) -> None:
    """Three steps from an empty system to the first mark."""
    ready = app.models.current() is not None
    with st.container(border=True, key="first_steps"):
        st.subheader("Welcome. Three steps to the first mark", anchor=False)
        columns = st.columns(3, gap="medium")
        with columns[0]:
            _step(
                "1",
                "Install a recognition model",
                "Done: the model is ready."
                if ready
                else "Download a model pack once, or upload it as a ZIP file.",
                MODELS,
                ready,
            )
        with columns[1]:
            text = "Name, consent, and a short look into the camera from a few sides."
            _step("2", "Register a person", text, REGISTER, done=False)
        with columns[2]:
            text = "Leave it open on a tablet or a computer with a camera at the door."
            _step("3", "Open the kiosk", text, TAKE_ATTENDANCE, done=False)


def _step(number: str, title: str, text: str, entry: Entry, done: bool) -> None:
    icon = ":green[:material/check_circle:]" if done else f":material/counter_{number}:"
    st.markdown(f"{icon} **{title}**")
    st.caption(text)
    link(entry)
