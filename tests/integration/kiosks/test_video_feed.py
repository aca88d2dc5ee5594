"""A video over WebRTC between two peers of this process: what the kiosk's page makes of aiortc."""

import asyncio
from fractions import Fraction

import av
import numpy as np
from aiortc import RTCPeerConnection, VideoStreamTrack, rtcrtpreceiver

from pages.ui.kiosk.live import PromptJitterBuffer

PATIENCE = 30.0


class OneByOne(VideoStreamTrack):
    """Sends a picture once the one before it has arrived."""

    def __init__(self, arrived: asyncio.Semaphore) -> None:
        super().__init__()
        self._arrived = arrived
        self._number = 0

    async def recv(self) -> av.VideoFrame:
        await self._arrived.acquire()
        self._number += 1
        level = 40 * self._number % 256
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="bgr24")
        frame.pts, frame.time_base = 30_000 * self._number, Fraction(1, 90_000)
        return frame


async def _received(wanted: int) -> int:
    sender, receiver = RTCPeerConnection(), RTCPeerConnection()
    arrived, found = asyncio.Semaphore(1), asyncio.Event()
    received = 0

    @receiver.on("track")
    async def begin(track: VideoStreamTrack) -> None:
        nonlocal received
        while received < wanted:
            await track.recv()
            received += 1
            arrived.release()
        found.set()

    sender.addTrack(OneByOne(arrived))
    await sender.setLocalDescription(await sender.createOffer())
    await receiver.setRemoteDescription(sender.localDescription)
    await receiver.setLocalDescription(await receiver.createAnswer())
    await sender.setRemoteDescription(receiver.localDescription)
    try:
        await asyncio.wait_for(found.wait(), PATIENCE)
    finally:
        await asyncio.gather(sender.close(), receiver.close())
    return received


def test_each_picture_arrives_before_the_next_is_sent() -> None:
    assert vars(rtcrtpreceiver)["JitterBuffer"] is PromptJitterBuffer
    assert asyncio.run(_received(5)) == 5
