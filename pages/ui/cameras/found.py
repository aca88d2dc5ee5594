"""Cameras that answer on the network, offered while one is added."""

import streamlit as st

from face_rec.cameras.discovery import FoundCamera
from face_rec.facades.cameras import CamerasFacade
from pages.ui.cameras.first_picture import Tried
from pages.ui.frame.identity import Right
from pages.ui.frame.parts import callback
from pages.ui.shared.text import plain


def found_cameras(app: CamerasFacade, tried: Tried, key: str) -> None:
    """A button that asks the network, and what answered; taking one fills in its address."""
    with st.expander("Find cameras on this network", icon=":material/travel_explore:"):
        st.caption(
            "Asks for ONVIF cameras, for three seconds. They tell their name and host; what "
            "stands behind the host in the address of the stream, the camera's manual says."
        )
        if st.button("Find cameras", key=f"{key}_find"):
            with st.spinner("Asking the network …"):
                tried.found = app.discover()
        if tried.found == []:
            st.info(_NONE)
        for number, one in enumerate(tried.found or ()):
            words, take = st.columns([3, 1], vertical_alignment="center")
            words.markdown(plain(one.words))
            take.button(
                "Use it", key=f"{key}_use_{number}", on_click=callback(Right.CAMERAS, _use),
                args=(one, key),
            )  # fmt: skip


def _use(one: FoundCamera, key: str) -> None:
    host = f"[{one.host}]" if ":" in one.host else one.host
    st.session_state[f"{key}_address"] = f"rtsp://{host}:554/"
    if one.name and not st.session_state.get(f"{key}_title"):
        st.session_state[f"{key}_title"] = one.name[:80]


_NONE = (
    "No camera answered. It may be switched off, on another network, or have ONVIF switched off; "
    "its address can be typed in all the same."
)
