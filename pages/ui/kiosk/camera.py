"""The camera of Register over WebRTC: frames go to a stream, boxes come back.

``camera`` draws it and must stand in the page itself, not in a fragment; ``keep_alive`` must run
again about once a second, in a fragment.
"""

import logging
from typing import Any

import av
import numpy as np
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from face_rec.protocols.streams import Stream
from pages.ui.frame.component_files import joined
from pages.ui.kiosk import overlay

log = logging.getLogger(__name__)

LABELS = {"start": "Start camera", "stop": "Stop camera", "choose": "Choose camera"}
_ASK = {
    "video": {
        "width": {"ideal": 640},
        "height": {"ideal": 480},
        "frameRate": {"ideal": 24, "max": 30},
        "facingMode": "user",
    },
    "audio": False,
}
_keeper = st.components.v2.component(
    "face_rec_camera",
    html='<div class="fr-camera" data-testid="camera" data-state="connecting">'
    "<b>Starting the camera…</b><span></span></div>",
    css=joined("camera.css"),
    js=joined("camera_words.js", "camera.js"),
    isolate_styles=False,
)


class FramePump:
    """Hands each frame to a stream and gives it back with boxes; about 1 ms, never waits.

    Called in a thread of streamlit-webrtc's own, without any Streamlit context. An exception
    there would end the video without a word, so none leaves it.
    """

    def __init__(self, stream: Stream, mirror: bool = True) -> None:
        self.stream = stream
        self._mirror = mirror
        self._failures = 0

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        try:
            return self._exchange(frame)
        except Exception:
            self._failures += 1
            if self._failures in {1, 10, 100, 1000}:
                log.exception("frame_failed stream=%s times=%d", self.stream.name, self._failures)
            return frame

    def _exchange(self, frame: av.VideoFrame) -> av.VideoFrame:
        # One conversion, here: two threads converting one frame crash PyAV.
        image = np.array(frame.to_ndarray(format="bgr24", threads=1), dtype=np.uint8)
        self.stream.submit(image)
        shown = overlay.draw(image, self.stream.scene(), self._mirror)
        return av.VideoFrame.from_ndarray(shown, format="bgr24")


def camera(key: str, pump: FramePump, ice_servers: list[dict[str, Any]]) -> None:
    """The video. ``key`` also names the place where the browser remembers the chosen camera."""
    webrtc_streamer(
        key=key,
        mode=WebRtcMode.SENDRECV,
        rtc_configuration={"iceServers": ice_servers},
        media_stream_constraints=_ASK,
        video_frame_callback=pump,
        async_processing=True,
        media_toggle_controls=False,
        translations={
            "start": LABELS["start"],
            "stop": LABELS["stop"],
            "select_device": LABELS["choose"],
        },
        video_html_attrs={
            "autoPlay": True, "controls": False, "muted": True, "playsInline": True,
            "style": {"width": "100%"},
        },
    )  # fmt: skip


def keep_alive(
    key: str, age: float | None, tick: float, room: float = 0.68, below: int = 0
) -> str:
    """Starts and restarts the video; returns how it is: ``ok``, ``denied``, ``unreachable`` …

    ``age`` is the age of the server's newest frame in seconds; ``tick`` must differ from call to
    call, so that the browser notices when the server falls silent. ``room``: the most of the
    window's height that the picture may take; ``below``: pixels of the window that stay free
    under it.
    """
    result = _keeper(
        key=f"{key}-keeper",
        data={"labels": LABELS, "age": age, "tick": tick, "room": room, "below": below},
        on_state_change=_nothing,
    )
    return str(result.get("state") or "connecting")


def _nothing() -> None:
    """The state is read where it is returned."""
