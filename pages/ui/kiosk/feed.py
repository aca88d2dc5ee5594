"""The video of one screen, from its packets to the engine.

aiortc hands a picture over when the first packet of the next one arrives. A kiosk sends its
pictures when there is something to see, so that each would be looked at 70 ms late, and with
nobody there 700 ms; here a picture is handed over with its own last packet.
"""

import logging

import av
import numpy as np
from aiortc import rtcrtpreceiver
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket

from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import Stream

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
