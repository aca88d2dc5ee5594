"""Eight RTSP cameras, from the moment a face is sent to the mark in Redis.

The cameras are a process of their own and say on standard output when each person comes into
sight; both sides read the same monotonic clock.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from config import ROOT
from face_rec.background import Background
from face_rec.cameras.address import Address
from face_rec.cameras.camera import Camera, CameraEntry
from face_rec.cameras.serving.served import ServedCamera, Surroundings
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event, Receipt
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.protocols.marks import Marker
from tests.benchmarks.journey import material, rig
from tests.benchmarks.report.process import machine_busy
from tests.benchmarks.report.row import Row
from tests.rtsp import Clip, RtspCamera, clip

CAMERAS: Final = 8
LIMIT: Final = 1.0
"""Seconds that p95 may take."""
_THERE, _AWAY = 2.0, 2.0
"""Seconds that each person is in sight, and that nobody is then."""
_EACH: Final = round((_THERE + _AWAY) * material.RATE)
_WARM: Final = 8.0


def run(quick: bool = False) -> list[Row]:
    with rig.running() as house, _cameras() as cameras:
        marker = _Timed(house.engine.deps.marker)
        house.engine.deps = replace(house.engine.deps, marker=marker)
        with _served(house, cameras.ports):
            time.sleep(_WARM)
            begun, cpu, busy = time.monotonic(), time.process_time(), machine_busy()
            time.sleep(12 if quick else 60)
            took, used = time.monotonic() - begun, time.process_time() - cpu
            others = machine_busy() - busy - used
        latencies, missed = _latencies(cameras.shown, marker.marks, begun, begun + took - _THERE)
    note = (
        f"{len(latencies)} marks, {missed} missed; {used / took:.2f} cores, and "
        f"{others / took:.2f} of all else, the cameras' own process included"
    )
    if not latencies:
        return [Row("8 RTSP cameras, time to mark, p95", float("nan"), "s", LIMIT, note)]
    p50, p95 = np.quantile(latencies, [0.5, 0.95])
    return [
        Row("8 RTSP cameras, time to mark, p50", float(p50), "s"),
        Row("8 RTSP cameras, time to mark, p95", float(p95), "s", LIMIT, note),
    ]


@dataclass
class _Timed:
    """A ``Marker`` that remembers when it was asked, by camera."""

    inner: Marker
    marks: list[tuple[str, float]] = field(default_factory=list)

    def mark(self, event: Event) -> Receipt:
        receipt = self.inner.mark(event)
        self.marks.append((event.kiosk, time.monotonic()))
        return receipt


def _latencies(
    shown: list[tuple[str, float]], marks: list[tuple[str, float]], begun: float, ended: float
) -> tuple[list[float], int]:
    """Of each person who came into sight between the two moments; how many were not marked."""
    found, missed = [], 0
    for camera, at in shown:
        if not begun <= at <= ended:
            continue
        after = [when - at for name, when in marks if name == camera and at <= when < at + 4.0]
        if after:
            found.append(min(after))
        else:
            missed += 1
    return found, missed


@contextmanager
def _served(house: rig.House, ports: list[int]) -> Iterator[None]:
    clock = SystemClock()
    with ExitStack() as stack:
        for number, port in enumerate(ports):
            camera = Camera(f"c{number}", "", "", "bench", clock.now())
            around = Surroundings(
                house.engine, clock, lambda _, port=port: Address(f"rtsp://127.0.0.1:{port}/"),  # type: ignore[misc]
                Path(), lambda: 0.0, lambda *_: None, "bench",
            )  # fmt: skip
            entry = CameraEntry(camera, KioskRecord(camera.id))
            served = ServedCamera(entry, around, lambda: True)
            stack.callback(served.stop)
        yield


# --- the cameras' own process


@dataclass
class _Cameras:
    ports: list[int]
    shown: list[tuple[str, float]]


@contextmanager
def _cameras() -> Iterator[_Cameras]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.journey.cameras"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    found = _Cameras(json.loads(process.stdout.readline()), [])

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            camera, at = line.split()
            found.shown.append((camera, float(at)))
        thread.stopping.wait()

    thread = Background("shown", read)
    thread.start()
    try:
        yield found
    finally:
        process.kill()
        process.wait()
        thread.stop(5)


def _clips() -> list[Clip]:
    """Everybody in turn, each camera beginning with somebody else."""
    room = material.Room()
    parts = []
    for pictures in material.photos(rig.PEOPLE).values():
        film = [
            room.picture(number, [pictures[3]] if number < _THERE * material.RATE else [])
            for number in range(_EACH)
        ]
        parts.append(clip(film, material.RATE).units)
    return [Clip(sum(parts[3 * n :] + parts[: 3 * n], ()), material.RATE) for n in range(CAMERAS)]


def _serve() -> None:
    with ExitStack() as stack:
        cameras = [
            stack.enter_context(RtspCamera(one, sending=_saying(f"c{number}")))
            for number, one in enumerate(_clips())
        ]
        print(json.dumps([one.port for one in cameras]), flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(60)


def _saying(camera: str) -> Callable[[int], None]:
    def say(number: int) -> None:
        if number % _EACH == 0:
            # One write: eight threads say it, and a line is read whole.
            sys.stdout.write(f"{camera} {time.monotonic()}\n")
            sys.stdout.flush()

    return say


if __name__ == "__main__":
    _serve()
