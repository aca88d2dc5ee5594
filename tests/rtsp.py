"""An RTSP server that plays a clip as a camera does: H.264 over TCP, at its own pace, for ever.

No server of that kind comes from the package registries without a media framework behind it; what
a camera does of the protocol is little. It is asked by FFmpeg, which is strict, and can do what
real ones do at the worst moment: go away, come back, keep the line and say nothing, refuse a
password.
"""

import base64
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

from face_rec.background import Background
from face_rec.domain.faces import Image

_CLOCK: Final = 90_000
_MTU: Final = 1400
_NAL: Final = re.compile(rb"\x00\x00\x00?\x01")


@dataclass(frozen=True, slots=True)
class Clip:
    """``units``: of each picture its NAL units; ``rate``: pictures a second."""

    units: tuple[tuple[bytes, ...], ...]
    rate: int


def clip(pictures: Sequence[Image], rate: int = 15, every: int = 15) -> Clip:
    """``pictures`` as H.264, with a key frame ``every`` so many."""
    height, width = pictures[0].shape[:2]
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, rate), Fraction(rate)
    encoder.options = {
        "preset": "ultrafast", "tune": "zerolatency", "g": str(every), "keyint_min": str(every),
        "sc_threshold": "0", "crf": "23",
    }  # fmt: skip
    packets: list[bytes] = []
    for number, image in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame.pts = number
        packets += [bytes(one) for one in encoder.encode(frame)]
    packets += [bytes(one) for one in encoder.encode(None)]
    return Clip(tuple(tuple(filter(None, _NAL.split(one))) for one in packets), rate)


class RtspCamera:
    """Serves ``clip`` at :attr:`url` to as many as ask; use it as a context. ``playing``: how many
    watch now; ``opened``: how often somebody began to."""

    def __init__(
        self,
        clip: Clip,
        login: str = "",
        port: int = 0,
        sending: Callable[[int], None] = lambda _: None,
    ) -> None:
        """``login``: ``user:password`` that is demanded. ``sending`` is told which picture of the
        clip goes now."""
        self.clip = clip
        self._sending = sending
        self.silent = threading.Event()
        self.playing = self.opened = 0
        self._login = base64.b64encode(login.encode()).decode() if login else ""
        self._given = login
        self._lock = threading.Lock()
        self._lines: set[socket.socket] = set()
        self._threads: list[Background] = []
        self._listener: socket.socket | None = None
        self.port = port
        self.up()

    def __enter__(self) -> "RtspCamera":
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/live"

    def up(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        thread = Background("rtsp", self._accept)
        self._threads = [thread]
        thread.start()

    def drop(self) -> None:
        """Cut every line; new ones are taken."""
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def down(self) -> None:
        """Cut every line and take no new one."""
        for thread in self._threads:
            thread.stopping.set()
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.stop(5)

    def _accept(self) -> None:
        listener, own = self._listener, self._threads[0]
        assert listener is not None
        while not own.stopping.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._lines.add(line)
            thread = Background("rtsp-line", lambda line=line: self._serve(line))  # type: ignore[misc]
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        own = next(one for one in self._threads if one._thread is threading.current_thread())
        playing = False
        try:
            with line, suppress(OSError, ValueError):
                for method, headers in _requests(line):
                    if self._refuses(headers, line):
                        continue
                    self._answer(line, method, headers)
                    if method == "PLAY":
                        playing = True
                        with self._lock:
                            self.playing += 1
                            self.opened += 1
                        self._play(line, own.stopping)
                        return
        finally:
            with self._lock:
                self._lines.discard(line)
                self.playing -= playing
            own.stopping.set()

    def _refuses(self, headers: dict[str, str], line: socket.socket) -> bool:
        if not self._login or headers.get("authorization", "").endswith(self._login):
            return False
        line.sendall(
            f"RTSP/1.0 401 Unauthorized\r\nCSeq: {headers.get('cseq', '0')}\r\n"
            'WWW-Authenticate: Basic realm="cam"\r\n\r\n'.encode()
        )
        return True

    def _answer(self, line: socket.socket, method: str, headers: dict[str, str]) -> None:
        more, body = "", ""
        if method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"
        elif method == "DESCRIBE":
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=cam\r\nt=0 0\r\n"
                "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                f"a=fmtp:96 packetization-mode=1\r\na=framerate:{self.clip.rate}\r\n"
                "a=control:track\r\n"
            )
            more = f"Content-Type: application/sdp\r\nContent-Base: {self.url}/\r\n"
        elif method == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        elif method == "PLAY":
            more = "Session: 1\r\n"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        head = f"RTSP/1.0 200 OK\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}{length}\r\n"
        line.sendall((head + body).encode())

    def _play(self, line: socket.socket, stopping: threading.Event) -> None:
        start, number, sequence = time.monotonic(), 0, 0
        while not stopping.is_set():
            stopping.wait(max(0.0, start + number / self.clip.rate - time.monotonic()))
            units = self.clip.units[number % len(self.clip.units)]
            at = (number * _CLOCK // self.clip.rate) & 0xFFFFFFFF
            self._sending(number % len(self.clip.units))
            if not self.silent.is_set():
                for payload, last in _payloads(units):
                    head = struct.pack(
                        "!BBHII", 0x80, 96 | (0x80 if last else 0), sequence & 0xFFFF, at, 7
                    )
                    sequence += 1
                    packet = head + payload
                    line.sendall(struct.pack("!cBH", b"$", 0, len(packet)) + packet)
            number += 1


def _requests(line: socket.socket) -> Iterator[tuple[str, dict[str, str]]]:
    kept = b""
    while True:
        while b"\r\n\r\n" not in kept:
            more = line.recv(4096)
            if not more:
                return
            kept += more
        head, _, kept = kept.partition(b"\r\n\r\n")
        first, *rest = head.decode(errors="replace").split("\r\n")
        headers = dict(one.split(": ", 1) for one in rest if ": " in one)
        yield first.split(" ")[0], {name.lower(): text for name, text in headers.items()}


def _payloads(units: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """RFC 6184: whole units, or parts of one."""
    for number, unit in enumerate(units):
        last = number == len(units) - 1
        if len(unit) <= _MTU:
            yield unit, last
            continue
        kind, rest = unit[0], unit[1:]
        for start in range(0, len(rest), _MTU):
            ends = start + _MTU >= len(rest)
            mark = (0x80 if start == 0 else 0) | (0x40 if ends else 0) | (kind & 0x1F)
            yield bytes([(kind & 0xE0) | 28, mark]) + rest[start : start + _MTU], last and ends
