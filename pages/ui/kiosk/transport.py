"""Which way a kiosk's live video takes: WebRTC, plain HTTP, or whichever of them connects.

The setting VIDEO_TRANSPORT decides for the site, a kiosk's record for the kiosk, and
``?transport=`` for one browser. Behind the engine's latest-frame slot nothing knows which it was.
"""

from dataclasses import dataclass

import streamlit as st

from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Transport

PATIENCE = 8.0
"""Seconds without a picture after which ``auto`` gives WebRTC up."""
_OF_THE_NETWORK = {"connecting", "unreachable", "stalled"}
"""What the camera's keeper says where HTTP may do better; a blocked camera is blocked for both."""
_NAMES = {"auto": "Automatic", "webrtc": "WebRTC", "http": "HTTP"}


@dataclass(slots=True)
class Way:
    """The way of one kiosk in one browser tab."""

    wish: Transport
    fell: bool = False
    silent_since: float | None = None

    @property
    def http(self) -> bool:
        return self.fell or self.wish is Transport.HTTP

    def falls(self, age: float | None, camera: str, now: float) -> bool:
        """Whether WebRTC is given up now; to be asked again and again while it is in use.

        ``age``: of the newest frame, seconds; ``camera``: what its keeper says.
        """
        fine = age is not None and age < PATIENCE / 2
        if self.wish is not Transport.AUTO or fine or camera not in _OF_THE_NETWORK:
            self.silent_since = None
            return False
        if self.silent_since is None:
            self.silent_since = now
        self.fell = now - self.silent_since >= PATIENCE
        return self.fell

    def __str__(self) -> str:
        if self.fell:
            return "over HTTP, as WebRTC does not connect"
        return "over HTTP" if self.http else "over WebRTC"


def way_of(kiosk: str) -> Way:
    """This tab's way for ``kiosk``; a new wish starts anew."""
    key, wish = f"_way:{kiosk}", wished(kiosk)
    way = st.session_state.get(key)
    if not isinstance(way, Way) or way.wish is not wish:
        way = st.session_state[key] = Way(wish)
    return way


def wished(kiosk: str) -> Transport:
    """The address's ``?transport=``, else what the kiosk's record says, else the site's
    setting."""
    asked, app = st.query_params.get("transport", ""), KioskFacade.current()
    if asked in list(Transport):
        return Transport(asked)
    return app.record(kiosk).transport or Transport(app.site.video_transport)


def choose_transport(kiosk: str) -> None:
    """The choice for this browser; it stands in the address, so that a bookmark keeps it."""
    now = wished(kiosk)
    chosen = st.segmented_control(
        "Live video", list(Transport), default=now, format_func=lambda one: _NAMES[one],
        required=True, key="kiosk_transport",
        help="Automatic tries WebRTC, the smoother one, and changes to HTTP, which passes "
        "every network that lets this page through.",
    )  # fmt: skip
    if chosen is not None and chosen != now:
        st.query_params["transport"] = chosen
        st.rerun()
