"""The kiosk's live screen: drawn once, then it lives by itself.

One component holds camera, overlay, greetings, list and tools. The browser opens the camera and
shows it; pictures go to the engine over WebRTC or HTTP, and the WebSocket ``/live`` brings what
the engine sees (:mod:`face_rec.web.live`). Nothing of a kiosk lives in the session but the name
of its screen, so a reload, another tab or a lost connection goes on where the engine is.
"""

import logging
import secrets

import av
import numpy as np
import streamlit as st
from aiortc import rtcrtpreceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket
from streamlit_webrtc import WebRtcMode, create_video_sink_track, webrtc_streamer

from face_rec import __version__
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Transport
from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import Stream
from pages.ui.kiosk import screen_files
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


# The video of one screen, from its packets to the engine.
#
# aiortc hands a picture over when the first packet of the next one arrives. A kiosk sends its
# pictures when there is something to see, so that each would be looked at 70 ms late, and with
# nobody there 700 ms; here a picture is handed over with its own last packet.

log = logging.getLogger(__name__)


class PromptJitterBuffer(JitterBuffer):
    """Of video, hands over each picture with its last packet, which the sender marks (RFC 3550
    section 5.1; for VP8 RFC 7741 section 4.1, for H.264 RFC 6184 section 5.1). What is not
    marked, or has a gap, waits as it does without this."""

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        asks_for_a_key_frame, frame = super().add(packet)
        return asks_for_a_key_frame, frame or (self._finished() if self._is_video else None)

    def _finished(self) -> JitterFrame | None:
        """The oldest picture, if all of it is here."""
        parts: list[bytes] = []
        first = None
        for number in range(self.capacity):
            packet = self._packets[((self._origin or 0) + number) % self.capacity]
            first = first or packet
            if packet is None or first is None or packet.timestamp != first.timestamp:
                return None
            parts.append(packet._data)  # type: ignore[attr-defined]  # noqa: SLF001 - aiortc sets it
            if packet.marker:
                self.remove(number + 1)
                return JitterFrame(b"".join(parts), packet.timestamp)
        return None


# A receiver makes its own and can be given no other.
rtcrtpreceiver.JitterBuffer = PromptJitterBuffer  # type: ignore[attr-defined]


class Feed:
    """Hands each frame of one screen to a stream; about half a millisecond, never waits.

    streamlit-webrtc calls it on its event loop, without any Streamlit context, so nothing is
    raised there. Of several screens only the newest feeds the stream, and only as long as its
    line renews the lease: a video whose page is gone, or has lost its right, feeds no more.
    """

    def __init__(self, stream: Stream, seats: Seats, screen: str) -> None:
        self._stream = stream
        self._seats = seats
        self.screen = screen
        self._failures = 0

    def __call__(self, frame: av.VideoFrame) -> None:
        try:
            self._hand_on(frame)
        except Exception:
            self._failures += 1
            if self._failures in {1, 10, 100, 1000}:
                log.exception("frame_failed stream=%s times=%d", self._stream.name, self._failures)

    def _hand_on(self, frame: av.VideoFrame) -> None:
        place = self._stream.name, self.screen
        if self._seats.leased(*place) and self._seats.take(*place):
            image = frame.to_ndarray(format="bgr24", threads=1)
            self._stream.submit(np.array(image, dtype=np.uint8))
