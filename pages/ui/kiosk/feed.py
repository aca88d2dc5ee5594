"""What comes over WebRTC, handed to the engine: the browser shows its own picture."""

import logging

import av
import numpy as np

from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import Stream

log = logging.getLogger(__name__)


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
