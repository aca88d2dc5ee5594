"""The browser's camera for single photos: one JPEG to ``/frames/still`` at the press of a button.

Not ``st.camera_input``: its photo is an upload like any other, which no kiosk may make.
"""

import streamlit as st

from pages.ui.frame.component_files import joined

_camera = st.components.v2.component(
    "face_rec_still_camera",
    html='<div class="fr-still"><div class="fr-camera" data-testid="camera" '
    'data-state="connecting"><b>Starting the camera…</b><span></span></div>'
    '<div class="fr-stage" hidden><video muted playsinline></video></div>'
    "<button disabled>Take photo</button></div>",
    css=joined("camera.css", "still_camera.css"),
    js=joined("camera_words.js", "still_camera.js"),
    isolate_styles=False,
)


def still_camera(key: str, kiosk: str) -> None:
    """The picture and the button; the page runs again when a photo has been looked at."""
    _camera(key=key, data={"url": f"/frames?kiosk={kiosk}"}, on_taken_change=_nothing)


def _nothing() -> None:
    """What the photo came to is asked of the engine, not of the browser."""
