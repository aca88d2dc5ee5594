"""A camera's thread over a day of lost lines, by simulation."""

import gc
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from face_rec.cameras.address import Address
from face_rec.cameras.serving import reader
from face_rec.cameras.serving.reader import CameraReader
from face_rec.domain.errors import SourceError
from tests.fakes.clock import FakeClock

DAY = 24 * 3600.0


class Later(Event):
    """Time passes while somebody waits; set when the day is over."""

    def __init__(self, clock: FakeClock, end: float) -> None:
        super().__init__()
        self.clock, self.end = clock, end
        self.longest = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.longest = max(self.longest, timeout or 0.0)
        self.clock.advance(timeout or 0.001)
        if self.clock.monotonic() >= self.end:
            self.set()
        return self.is_set()


class Packet:
    size, is_keyframe, pts, dts = 900, True, None, None


class Line:
    """What an opened camera is: some packets, and then nothing; counts those left open."""

    left_open = 0

    def __init__(self, clock: FakeClock, packets: int, answers_at: list[float]) -> None:
        self._clock, self._packets, self._answers_at = clock, packets, answers_at
        self.container = self.video = self.codec_context = self
        self.time_base, self.decoder = None, "h264"
        Line.left_open += 1

    def demux(self, _: object) -> Iterator[Packet]:
        for _number in range(self._packets):
            self._clock.advance(1 / 15)
            yield Packet()

    def decode(self, _: object) -> list[Any]:
        return []

    def close(self) -> None:
        Line.left_open -= 1
        self._answers_at[0] = self._clock.monotonic() + self._packets * 5  # away, up to 5 min


def test_a_day_in_which_a_camera_comes_and_goes_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, thorough: bool
) -> None:
    """A whole one at night, else four hours of it."""
    clock, chance = FakeClock(), random.Random(3)
    lasts = DAY if thorough else DAY / 6
    end = clock.monotonic() + lasts
    stopping, opened, answers_at = Later(clock, end), [0], [0.0]
    late: list[float] = []
    Line.left_open = 0

    def open_address(*_: object) -> Line:
        now = clock.monotonic()
        opened[0] += 1
        if now < answers_at[0]:
            raise SourceError("It takes no connection.")
        if answers_at[0]:
            late.append(now - answers_at[0])
        return Line(clock, chance.choice([0, 0, 1, 20, 60]), answers_at)

    monkeypatch.setattr(reader, "open_address", open_address)
    monkeypatch.setattr(reader.log, "warning", lambda *_: None)
    found = CameraReader(
        "gate", lambda: Address("rtsp://x/1"), Path(), lambda _: False, clock, stopping=stopping
    )
    tracemalloc.start()
    try:
        sizes: list[int] = []
        for part in range(1, 5):
            stopping.clear()
            stopping.end = end - lasts + part * lasts / 4
            found.run()
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert clock.monotonic() >= end
    assert opened[0] > lasts / 8
    assert Line.left_open == 0
    assert max(late) < 5  # back within five seconds after it answers
    assert stopping.longest < 4
    assert sizes[-1] - sizes[0] < 100_000


def test_a_password_that_was_changed_is_asked_for_at_the_next_opening(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FakeClock()
    asked: list[str] = []

    def open_address(address: Address, *_: object) -> Line:
        asked.append(address.password)
        raise SourceError("It refuses.")

    monkeypatch.setattr(reader, "open_address", open_address)
    passwords = iter(["old", "old", "new", "new", "new", "new"])
    found = CameraReader(
        "gate", lambda: Address(f"rtsp://u:{next(passwords)}@x/1"), Path(), lambda _: False,
        clock, stopping=Later(clock, clock.monotonic() + 5),
    )  # fmt: skip
    found.run()
    assert asked[:3] == ["old", "old", "new"]
    assert "old" not in found.reading.problem
