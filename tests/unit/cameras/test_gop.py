"""Which packets of a camera are decoded, and that nothing is lost by leaving some for later."""

from dataclasses import dataclass
from typing import cast

import pytest

from face_rec.cameras.serving.gop import AWAKE, Gop, VideoPacket

RATE = 15


@dataclass(frozen=True)
class Packet:
    number: int
    size: int
    is_keyframe: bool


class Line:
    """A camera that sends a key frame ``every`` so many packets."""

    def __init__(self, every: int = 15) -> None:
        self.gop = Gop()
        self.number, self.every = 0, every
        self.decoded: list[int] = []

    @property
    def now(self) -> float:
        return self.number / RATE

    def send(self, count: int = 1, size: int = 100) -> list[int]:
        """The numbers of what was decoded meanwhile."""
        found = []
        for _ in range(count):
            key = self.number % self.every == 0
            packet = Packet(self.number, 5000 if key else size, key)
            taken = self.gop.take(cast("VideoPacket", packet), self.now)
            found += [cast("Packet", one).number for one in taken]
            self.number += 1
        self.decoded += found
        return found

    def rest(self) -> None:
        """Until it is known what nothing looks like."""
        self.send(self.every * 20)


def test_while_nothing_moves_only_key_frames_are_decoded() -> None:
    line = Line()
    line.rest()
    start = line.number
    assert line.send(45) == [start, start + 15, start + 30]


def test_while_something_moves_everything_is() -> None:
    line = Line()
    line.rest()
    line.gop.moved(line.now)
    start = line.number
    assert line.send(45) == list(range(start, start + 45))
    line.send(round(AWAKE * RATE))
    assert len(line.send(30)) == 2


@pytest.mark.parametrize("into", [1, 5, 14])
def test_what_begins_to_move_between_two_key_frames_is_seen_at_once_and_decodes_whole(
    into: int,
) -> None:
    """All packets since the key frame come first, in order: a decoder needs each of them."""
    line = Line()
    line.rest()
    start = line.number
    assert line.send(into) == [start]
    assert line.send(1, size=3000) == list(range(start + 1, start + into + 1))
    assert line.send(1) == [start + into + 1]


def test_a_decoder_never_gets_a_picture_without_the_one_that_it_builds_on() -> None:
    line = Line(every=30)
    for size in (100, 100, 4000, 100, 90, 110, 9000, 100):
        line.send(77, size)
    for before, number in zip(line.decoded, line.decoded[1:], strict=False):
        assert number == before + 1 or number % 30 == 0


def test_of_a_camera_whose_key_frames_are_far_apart_everything_is_decoded() -> None:
    line = Line(every=RATE * 10)
    line.send(RATE * 20)
    start = line.number
    assert line.send(30) == list(range(start, start + 30))


def test_what_is_kept_has_a_bound() -> None:
    line = Line(every=60)
    line.rest()
    line.send(1)
    line.send(58, size=400_000)
    assert sum(one.size for one in line.gop._kept) <= 8 << 20


def test_what_comes_before_the_first_key_frame_is_left_out() -> None:
    gop = Gop()
    assert gop.take(cast("VideoPacket", Packet(1, 100, is_keyframe=False)), 0.0) == ()
