"""The camera of Register over WebRTC: frames go to a stream, boxes come back.

``camera`` draws it and must stand in the page itself, not in a fragment; ``keep_alive`` must run
again about once a second, in a fragment.
"""

import logging
from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
import streamlit as st
from streamlit_webrtc import WebRtcMode, webrtc_streamer

from face_rec.domain.faces import Box, Image
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Label, Mood, Scene
from face_rec.protocols.streams import Stream
from pages.ui.frame.component_files import joined
from pages.ui.shared import text_raster

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
        shown = draw_faces(image, self.stream.scene(), self._mirror)
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


# What is drawn into the returned video. It runs in the video callback's thread at the camera's
# rate: about a millisecond a frame, because lettering is drawn once a name and only blended here.

Colour = tuple[int, int, int]

GREEN: Colour = (94, 163, 22)
AMBER: Colour = (6, 119, 217)
GREY: Colour = (148, 140, 132)
WHITE: Colour = (255, 255, 255)
_COLOURS = {Mood.MARKED: GREEN, Mood.ALREADY: AMBER}  # grey: not named (yet)
_TEXTS = {Mood.UNKNOWN: "Unknown", Mood.POOR: "Come closer, face the camera"}


@dataclass(frozen=True, slots=True)
class Caption:
    """How one face is shown: a colour (BGR) and what is written at its box."""

    colour: Colour
    text: str


def caption(label: Label) -> Caption:
    """Who is named by name, the others by what they can do about it.

    A name for which this machine has no letters becomes ``#track``; the page beside the video
    shows that number with the name in the browser's letters.
    """
    if label.verdict is Verdict.NAMED:
        text = label.name if text_raster.can_draw(label.name) else f"#{label.track}"
    else:
        text = _TEXTS.get(label.mood, "")
    return Caption(_COLOURS.get(label.mood, GREY), text)


def draw_faces(image: Image, scene: Scene | None, mirror: bool = True) -> Image:
    """A picture to show, a new array: mirrored, as people know themselves, with boxes.

    ``scene`` may come from an older frame of another size: its boxes are scaled.
    """
    shown = cv2.flip(image, 1) if mirror else image.copy()
    for label in scene.labels if scene else ():
        _face(shown, _place(label.box, scene, shown, mirror), caption(label))
    return np.asarray(shown, dtype=np.uint8)


def _place(box: Box, scene: Scene | None, shown: cv2.typing.MatLike, mirror: bool) -> Box:
    """The box in pixels of the picture that is shown."""
    height, width = shown.shape[:2]
    across = width / scene.width if scene and scene.width else 1.0
    down = height / scene.height if scene and scene.height else 1.0
    left, right = box.left * across, box.right * across
    if mirror:
        left, right = width - right, width - left
    return Box(left, box.top * down, right, box.bottom * down)


def _face(shown: cv2.typing.MatLike, box: Box, words: Caption) -> None:
    thick = max(2, round(shown.shape[0] / 220))
    corners = (round(box.left), round(box.top)), (round(box.right), round(box.bottom))
    cv2.rectangle(shown, *corners, words.colour, thick, cv2.LINE_AA)
    if words.text:
        size = max(14, round(shown.shape[0] / 24))
        _tag(shown, corners[0][0], corners[0][1] - thick, words, size)


def _tag(shown: cv2.typing.MatLike, left: int, bottom: int, words: Caption, size: int) -> None:
    """A plate with the caption above the point, kept inside the picture."""
    letters = text_raster.picture(_short(words.text), size, WHITE)
    height, width = letters.shape[:2]
    pad = size // 3
    left = max(0, min(left, shown.shape[1] - width - 2 * pad))
    top = max(0, min(bottom - height, shown.shape[0] - height))
    cv2.rectangle(
        shown, (left, top), (left + width + 2 * pad, top + height), words.colour, cv2.FILLED
    )
    _blend(shown[top : top + height, left + pad : left + pad + width], letters)


def _short(name: str, most: int = 28) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _blend(part: cv2.typing.MatLike, letters: Image) -> None:
    """Lay ``letters`` (BGRA) over ``part`` (BGR), in place; cut where it is smaller."""
    letters = letters[: part.shape[0], : part.shape[1]]
    alpha = letters[:, :, 3:].astype(np.uint16)
    mixed = letters[:, :, :3] * alpha + part * (255 - alpha)
    part[:] = (mixed // 255).astype(np.uint8)
