"""The browser's camera over plain HTTP: JPEGs to ``/frames``, boxes and names drawn in the page.

It works wherever the page itself does: no peer connection, no encoder, no other port.
"""

import streamlit as st

from pages.ui.frame.component_files import joined

_camera = st.components.v2.component(
    "face_rec_http_camera",
    html='<div class="fr-http"><div class="fr-camera" data-testid="camera" '
    'data-state="connecting"><b>Starting the camera…</b><span></span></div>'
    '<div class="fr-stage"><video muted playsinline></video>'
    '<canvas role="img" data-testid="seen"></canvas></div>'
    '<select aria-label="Choose camera" hidden></select></div>',
    css=joined("camera.css", "http_camera.css"),
    js=joined("camera_words.js", "http_camera.js"),
    isolate_styles=False,
)


def http_camera(key: str, kiosk: str, room: float = 0.68, below: int = 0) -> None:
    """The video of ``kiosk``, which keeps itself running and says why when it cannot.

    ``room``: the most of the window's height that the picture may take; ``below``: pixels of the
    window that stay free under it.
    """
    data = {"url": f"/frames?kiosk={kiosk}", "room": room, "below": below}
    _camera(key=f"{key}-http", data=data)
