"""Which packets of a camera are decoded: all while something moves, else its key frames only.

Nothing is lost by that: what comes between two key frames is kept, compressed, until the next one,
and decoded at once where it turns out that something has begun to move. That shows in the packets
themselves, for an encoder needs more for a picture that differs from the one before; where it is
held to a constant rate it may not, and shows in the next key frame.
"""

from typing import Final, TypeAlias

from av.packet import Packet
from av.video.stream import VideoStream

VideoPacket: TypeAlias = "Packet[VideoStream]"  # generic in its stubs only

AWAKE: Final = 4.0
"""Seconds after the last movement in which all pictures are decoded."""
_LONGEST: Final = 4.5
"""Seconds between key frames from which on all is decoded: nobody waits for the next one."""
_MOST: Final = 400
_LARGEST: Final = 8 << 20
_TIMES: Final = 1.6
_MORE: Final = 150  # bytes: of packets that are almost empty, twice is nothing yet
_LEARNS, _LEARNS_AWAKE = 0.2, 0.15
"""How fast it is learnt what is usual: slowly while something moves, lest that become usual."""


class Gop:
    """Follows one camera's packets. Used by one thread; times are monotonic seconds."""

    def __init__(self) -> None:
        self._kept: list[VideoPacket] = []
        self._bytes = 0
        self._whole = False  # all packets since the last key frame are kept
        self._usual: list[float] = []  # size of a packet, by how many came since the key frame
        self._place = 0
        self._key_at = self._awake_until = float("-inf")
        self._interval = float("inf")

    def moved(self, now: float) -> None:
        """Something moves, or somebody is there."""
        self._awake_until = now + AWAKE

    def awake(self, now: float) -> bool:
        return now < self._awake_until or self._interval > _LONGEST

    def take(self, packet: VideoPacket, now: float) -> tuple[VideoPacket, ...]:
        """What is to be decoded now that ``packet`` has come; of several only the newest picture
        is of use."""
        if packet.is_keyframe:
            return self._key(packet, now)
        if self._key_at == float("-inf"):
            return ()  # the middle of something that cannot be decoded, nor compared
        if self._larger(packet.size) and not self.awake(now):
            self.moved(now)
        self._learn(packet.size, _LEARNS_AWAKE if self.awake(now) else _LEARNS)
        if self.awake(now):
            kept, self._kept, self._bytes = (*self._kept, packet), [], 0
            return kept if self._whole else ()
        self._keep(packet)
        return ()

    def _key(self, packet: VideoPacket, now: float) -> tuple[VideoPacket, ...]:
        self._interval = now - self._key_at
        self._key_at = now
        self._kept, self._bytes, self._whole, self._place = [], 0, True, 0
        return (packet,)

    def _keep(self, packet: VideoPacket) -> None:
        self._kept.append(packet)
        self._bytes += packet.size
        if len(self._kept) > _MOST or self._bytes > _LARGEST:
            self._kept, self._bytes, self._whole = [], 0, False  # until the next key frame

    def _larger(self, size: int) -> bool:
        """Than what usually comes so long after a key frame: the first ones mend what that one
        left coarse, and are larger in any case."""
        if self._place >= len(self._usual):
            return True
        return size > _TIMES * self._usual[self._place] + _MORE

    def _learn(self, size: int, rate: float) -> None:
        if self._place < len(self._usual):
            nearer = self._usual[self._place] + rate * (size - self._usual[self._place])
            self._usual[self._place] = max(size, nearer) if rate == _LEARNS else nearer
        elif self._place < _MOST:
            self._usual.append(size)
        self._place += 1
