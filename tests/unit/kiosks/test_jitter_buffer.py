"""When a video's packets become a picture."""

from random import Random

import pytest
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from pages.ui.kiosk.live import PromptJitterBuffer

START = 65_530  # sequence numbers begin anew after 65,535


def video(*lengths: int, marked: bool = True) -> list[RtpPacket]:
    """The packets of pictures that have so many each."""
    made: list[RtpPacket] = []
    for picture, length in enumerate(lengths):
        for part in range(length):
            last = int(marked and part == length - 1)
            packet = RtpPacket(
                marker=last, sequence_number=(START + len(made)) % 65_536, timestamp=9000 * picture
            )
            packet._data = f"{picture}.{part} ".encode()  # type: ignore[attr-defined]
            made.append(packet)
    return made


def told(buffer: JitterBuffer, packets: list[RtpPacket]) -> list[str | None]:
    """The picture that each packet brought."""
    frames = [buffer.add(packet)[1] for packet in packets]
    return [frame.data.decode().strip() if frame else None for frame in frames]


@pytest.fixture
def buffer() -> PromptJitterBuffer:
    return PromptJitterBuffer(capacity=64, is_video=True)


def test_a_picture_is_there_with_its_own_last_packet(buffer: PromptJitterBuffer) -> None:
    assert told(buffer, video(1, 3, 1)) == ["0.0", None, None, "1.0 1.1 1.2", "2.0"]


def test_a_picture_whose_end_is_not_marked_waits_for_the_next(buffer: PromptJitterBuffer) -> None:
    packets = video(2, 1, 1, marked=False)
    assert told(buffer, packets) == [None, None, "0.0 0.1", "1.0"]
    assert told(JitterBuffer(capacity=64, is_video=True), packets) == [
        None,
        None,
        "0.0 0.1",
        "1.0",
    ]


def test_a_packet_that_was_lost_and_is_sent_again_completes_its_picture(
    buffer: PromptJitterBuffer,
) -> None:
    first, lost, last, after, newest = video(3, 1, 1)
    assert told(buffer, [first, last, after]) == [None, None, None]
    assert told(buffer, [lost, newest]) == ["0.0 0.1 0.2", "1.0"]
    assert buffer.add(newest)[1] is not None  # the one that stood behind them


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_pictures_come_whole_once_and_in_their_order(
    buffer: PromptJitterBuffer, seed: int
) -> None:
    chance = Random(seed)
    lengths = [chance.randint(1, 6) for _ in range(60)]
    packets = video(*lengths)
    first, *others = packets
    late = sorted(others, key=lambda one: packets.index(one) + chance.uniform(0, 8))
    found = [words for words in told(buffer, [first, *late]) if words]
    whole = [" ".join(f"{p}.{n}" for n in range(length)) for p, length in enumerate(lengths)]
    assert found == whole[: len(found)]
    assert len(found) >= len(whole) - 4  # those that stand behind the last gap


def test_sound_is_left_as_it_is() -> None:
    packets = video(1, 1, 1)
    ours, theirs = PromptJitterBuffer(capacity=16), JitterBuffer(capacity=16)
    assert told(ours, packets) == told(theirs, packets)
