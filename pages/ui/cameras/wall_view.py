"""The live wall: drawn once, then it lives by itself on its line, the WebSocket ``/seen``."""

import streamlit as st

from face_rec.cameras.camera_health import CameraState
from pages.ui.frame.component_files import joined
from pages.ui.shared.words import said, words

_component = st.components.v2.component(
    "face_rec_wall",
    html=joined("wall.html"),
    css=joined("wall.css"),
    js=joined("page_parts.js", "wall.js"),
    isolate_styles=False,
)


def wall(hint: str) -> None:
    """``hint``: what to do where no camera is switched on."""
    states = {one.words: said(one.words) for one in CameraState}
    _component(key="wall", data={"hint": hint, "states": states, "words": words().words()})
