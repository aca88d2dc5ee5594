"""The kiosk's live screen: drawn once, then it lives by itself.

One component holds camera, overlay, greetings, list and tools. The browser opens the camera and
shows it; pictures go to the engine over WebRTC or HTTP, and the WebSocket ``/live`` brings what
the engine sees (:mod:`face_rec.web.live`). Nothing of a kiosk lives in the session but the name
of its screen, so a reload, another tab or a lost connection goes on where the engine is.
"""

import secrets

import streamlit as st
from streamlit_webrtc import WebRtcMode, create_video_sink_track, webrtc_streamer

from face_rec import __version__
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Transport
from pages.ui.kiosk import screen_files
from pages.ui.kiosk.feed import Feed
from pages.ui.kiosk.transport import wished

LABELS = {"start": "start", "stop": "stop"}
"""Of the hidden iframe's buttons, by which the screen finds and presses them."""


_component = st.components.v2.component(
    "face_rec_kiosk",
    html=screen_files.HTML,
    css=screen_files.CSS,
    js=screen_files.JS,
    isolate_styles=False,
)


def live(kiosk: str, *, pin: bool) -> None:
    """The screen of one kiosk. ``pin``: a button for PINs lies in its corner."""
    way, screen = wished(kiosk), _screen(kiosk)
    data = {
        "kiosk": kiosk,
        "screen": screen,
        "transport": way,
        "labels": LABELS,
        "pin": pin,
        "version": __version__,
        "words": KioskFacade.current().words_at(kiosk).words(),
    }
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
