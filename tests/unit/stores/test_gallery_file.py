"""The form of the gallery's file: nothing but what was written is ever read of one."""

import io
import secrets
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from face_rec.domain.errors import GalleryFileRefused
from face_rec.domain.people import GalleryBlock
from face_rec.stores.gallery.sealed_file import FileWriter, Header, blocks_of, header_of
from tests.samples import ODD_TEXTS

HEADER = Header("f" * 32, "main", "c0ffee", 4, "ab12cd34", 7, 3)
KEY = secrets.token_bytes(32)


def _block(*subjects: str, seed: int = 0) -> GalleryBlock:
    """The first has one row, the next two, and so on."""
    counts = np.arange(1, len(subjects) + 1)
    rows = np.random.default_rng(seed).standard_normal((int(counts.sum()), 4)).astype(np.float32)
    return GalleryBlock(subjects, counts, rows)


BLOCKS = (_block(*ODD_TEXTS), _block("a", "b", seed=1), _block("c", seed=2))


def _written(*blocks: GalleryBlock, header: Header = HEADER) -> bytes:
    out = io.BytesIO()
    writer = FileWriter(out, header, KEY)
    for block in blocks:
        writer.add(block)
    writer.end()
    return out.getvalue()


def _read(content: bytes, key: bytes = KEY) -> list[GalleryBlock]:
    file = io.BytesIO(content)
    return list(blocks_of(file, header_of(file), key))


def test_what_is_read_is_what_was_written() -> None:
    found = _read(_written(*BLOCKS))
    for was, now in zip(BLOCKS, found, strict=True):
        assert tuple(now.subjects) == tuple(was.subjects)
        assert now.counts.tolist() == was.counts.tolist()
        assert np.array_equal(now.vectors, was.vectors)
    assert _read(_written()) == []


def test_a_bit_that_flipped_anywhere_is_noticed() -> None:
    content = _written(*BLOCKS[1:])
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        with pytest.raises(GalleryFileRefused):
            _read(bytes(changed))


def test_a_file_that_is_cut_anywhere_is_none() -> None:
    content = _written(*BLOCKS[1:])
    for length in range(len(content)):
        with pytest.raises(GalleryFileRefused):
            _read(content[:length])


def _parts() -> tuple[bytes, list[bytes], bytes]:
    """Header, blocks and end of a file of all blocks, as they lie in it."""
    whole, cuts = _written(*BLOCKS), [len(_written_open(*BLOCKS[:n])) for n in range(4)]
    blocks = [whole[start:end] for start, end in pairwise(cuts)]
    return whole[: cuts[0]], blocks, whole[cuts[-1] :]


def _written_open(*blocks: GalleryBlock) -> bytes:
    out = io.BytesIO()
    writer = FileWriter(out, HEADER, KEY)
    for block in blocks:
        writer.add(block)
    return out.getvalue()


@pytest.mark.parametrize(
    "order",
    [(0, 1), (1, 0, 2), (0, 1, 2, 2), (0, 0, 1, 2), ()],
    ids=["one left out", "two exchanged", "the last twice", "the first twice", "none"],
)
def test_blocks_count_in_their_order_alone(order: tuple[int, ...]) -> None:
    head, blocks, end = _parts()
    assert len(_read(head + b"".join(blocks) + end)) == 3
    with pytest.raises(GalleryFileRefused):
        _read(head + b"".join(blocks[number] for number in order) + end)


@pytest.mark.parametrize("header", [{"revision": 8}, {"name": "e" * 32}, {"site": "mail"}])
def test_blocks_below_another_header_are_none(header: dict[str, Any]) -> None:
    content, cut = _written(*BLOCKS), len(_written_open())
    other = _written(*BLOCKS, header=replace(HEADER, **header))
    with pytest.raises(GalleryFileRefused):
        _read(other[:cut] + content[cut:])


def test_what_stands_behind_the_end_is_refused() -> None:
    with pytest.raises(GalleryFileRefused):
        _read(_written(*BLOCKS) + b"\0")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(GalleryFileRefused):
        _read(_written(*BLOCKS), secrets.token_bytes(32))
