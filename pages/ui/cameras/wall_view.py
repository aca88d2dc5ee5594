"""The live wall: drawn once, then it lives by itself on its line, the WebSocket ``/seen``."""

import streamlit as st

from pages.ui.frame.component_files import joined

_component = st.components.v2.component(
    "face_rec_wall",
    html=joined("wall.html"),
    css=joined("wall.css"),
    js=joined("page_parts.js", "wall.js"),
    isolate_styles=False,
)


def wall(hint: str) -> None:
    """``hint``: what to do where no camera is switched on."""
    _component(key="wall", data={"hint": hint})
