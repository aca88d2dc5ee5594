"""The kiosk's live screen: drawn once, then it lives by itself.

One component holds camera, overlay, greetings, list and tools. The browser opens the camera and
shows it; pictures go to the engine over WebRTC or HTTP, and the WebSocket ``/live`` brings what
the engine sees (:mod:`face_rec.web.live`). Nothing of a kiosk lives in the session but the name
of its screen, so a reload, another tab or a lost connection goes on where the engine is.
"""

import secrets

import streamlit as st
from streamlit_webrtc import WebRtcMode, create_video_sink_track, webrtc_streamer

from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Transport
from pages.ui.frame.component_files import joined
from pages.ui.kiosk.camera import LABELS
from pages.ui.kiosk.feed import Feed
from pages.ui.kiosk.transport import wished

_component = st.components.v2.component(
    "face_rec_kiosk",
    html=joined("kiosk.html"),
    css=joined("camera.css", "kiosk_screen.css"),
    js=joined(
        "camera_words.js", "kiosk_camera.js", "kiosk_presence.js", "kiosk_http.js",
        "kiosk_webrtc.js", "kiosk_line.js", "kiosk_overlay.js", "kiosk_tools.js",
        "kiosk_screen.js", "kiosk.js",
    ),
    isolate_styles=False,
)  # fmt: skip


def live(kiosk: str, *, pin: bool) -> None:
    """The screen of one kiosk. ``pin``: a button for PINs lies in its corner."""
    way, screen = wished(kiosk), _screen(kiosk)
    data = {"kiosk": kiosk, "screen": screen, "transport": way, "labels": LABELS, "pin": pin}
    _component(key=f"kiosk-{kiosk}-screen", data=data, on_changed_change=_nothing)
    if way is not Transport.HTTP:
        with st.container(key="kiosk_webrtc"):
            _webrtc(kiosk, screen)


def _screen(kiosk: str) -> str:
    """This tab's name as a screen of ``kiosk``, by which pictures and line belong together."""
    name: str = st.session_state.setdefault(f"_screen:{kiosk}", secrets.token_hex(8))
    return name


def _webrtc(kiosk: str, screen: str) -> None:
    """A connection that takes the component's pictures; it shows nothing itself."""
    app = KioskFacade.current()
    feed = Feed(app.engine.kiosk(kiosk), app.engine.seats, screen)
    webrtc_streamer(
        key=f"kiosk-{kiosk}",
        mode=WebRtcMode.SENDONLY,
        rtc_configuration={"iceServers": app.ice_servers()},
        media_stream_constraints={"video": True, "audio": False},
        sink_video_track=create_video_sink_track(feed, key=f"kiosk-{kiosk}-sink"),
        media_toggle_controls=False,
        translations={"start": LABELS["start"], "stop": LABELS["stop"]},
    )


def _nothing() -> None:
    """Whether the kiosk is open is asked of the server when the page runs again."""
