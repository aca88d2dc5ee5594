import io
import struct
import tracemalloc
import zlib
from unittest.mock import Mock, patch

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from face_rec.domain.errors import PictureError
from face_rec.domain.faces import Box, Image
from face_rec.people.photos.photos import MAX_BYTES, MAX_SIDE, decode, portrait, thumbnail
from tests.hostile_pictures import with_scans

RED_RGB = (200, 30, 40)


def _file(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _halves(mode: str = "RGB") -> Pillow.Image:
    """Red above, white below."""
    picture = Pillow.new("RGB", (120, 160), "white")
    picture.paste(RED_RGB, (0, 0, 120, 80))
    return picture.convert(mode)


def _is_red(image: Image, row: int, column: int) -> bool:
    blue, green, red = (int(value) for value in image[row, column])
    return red > 150 and green < 90 and blue < 90


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_every_usual_format_becomes_bgr(kind: str) -> None:
    image = decode(_file(_halves(), kind))
    assert image.shape == (160, 120, 3)
    assert image.dtype == np.uint8
    assert image.flags["C_CONTIGUOUS"]
    assert _is_red(image, 20, 60)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photo_held_in_any_way_comes_out_upright(kind: str, orientation: int) -> None:
    undo = {
        1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4,
    }[orientation]  # fmt: skip
    stored = _halves() if undo is None else _halves().transpose(Pillow.Transpose(undo))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    image = decode(_file(stored, kind, exif=exif))
    assert image.shape == (160, 120, 3)
    assert _is_red(image, 20, 60)
    assert not _is_red(image, 140, 60)


def test_cmyk_comes_out_in_its_colours() -> None:
    assert _is_red(decode(_file(_halves("CMYK"), "JPEG")), 20, 60)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA"])
def test_grey_and_palette_pictures_are_taken(mode: str) -> None:
    image = decode(_file(_halves(mode), "PNG"))
    assert image.shape == (160, 120, 3)
    assert image[140, 60].min() > 240


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind: str) -> None:
    deep = np.full((100, 100), 65535 // 2, np.uint16)
    image = decode(_file(Pillow.fromarray(deep), kind))
    assert 120 <= int(image[50, 50, 0]) <= 135


@pytest.mark.parametrize("shape", [(4000, 3000), (400, 20_000)])
def test_a_large_picture_of_sixteen_bits_takes_no_more_room_than_another(
    shape: tuple[int, int],
) -> None:
    data = _file(Pillow.fromarray(np.full(shape, 65535 // 2, np.uint16)), "PNG")
    tracemalloc.start()
    try:
        image = decode(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert max(image.shape[:2]) == MAX_SIDE
    assert 120 <= int(image[20, 20, 0]) <= 135
    assert most < 100 << 20, "each pixel took twenty bytes"


def test_what_is_transparent_becomes_white() -> None:
    image = decode(_file(Pillow.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG"))
    assert image.min() == 255


def test_a_large_photo_is_scaled_down() -> None:
    image = decode(_file(Pillow.new("RGB", (4000, 3000), RED_RGB), "JPEG"))
    assert max(image.shape[:2]) == MAX_SIDE
    assert image.shape[0] / image.shape[1] == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [Pillow.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    data = _file(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(PictureError, match="single photo"):
        decode(data)


def test_pages_are_not_counted_where_a_second_one_is_enough() -> None:
    pages = [Pillow.new("L", (60, 60))] * 3
    data = _file(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    looked = Mock(side_effect=AssertionError("each page is looked at"))
    with patch.object(TiffImageFile, "n_frames", property(looked)), pytest.raises(PictureError):
        decode(data)
    looked.assert_not_called()


def test_a_still_gif_is_taken() -> None:
    assert decode(_file(_halves(), "GIF")).shape == (160, 120, 3)


def test_a_phones_photo_with_a_preview_beside_it_is_taken() -> None:
    data = _file(_halves(), "MPO", save_all=True, append_images=[_halves()])
    assert _is_red(decode(data), 20, 60)


def _png_of_size(width: int, height: int) -> bytes:
    """A tiny file that claims to be a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 this is no picture", "not a photo"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "not a photo|damaged"),
        (_png_of_size(60_000, 60_000), "megapixels"),
        (_png_of_size(9_000, 9_000), "megapixels"),
        (_png_of_size(500, 400), "damaged"),
        (_file(Pillow.new("RGB", (30, 400)), "PNG"), "larger photo"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
        (b"\xff" * (MAX_BYTES + 1), "MB"),
    ],
    ids=["empty", "pdf", "junk", "bomb", "large", "short", "tiny", "heic", "heavy"],
)
def test_what_is_no_photo_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        decode(data)


def test_a_cut_off_photo_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), np.uint8)
    data = _file(Pillow.fromarray(noise), "JPEG")
    with pytest.raises(PictureError, match="damaged"):
        decode(data[: len(data) // 2])


@pytest.mark.parametrize("how", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_jpeg_that_is_gone_over_without_end_is_refused_unread(how: dict[str, object]) -> None:
    """A scan more is a dozen bytes, and the whole picture once more for the decoder."""
    jpeg = with_scans(_file(_halves(), "JPEG", **how), 101)
    with patch.object(JpegImageFile, "load", Mock(side_effect=AssertionError("read"))) as load:
        with pytest.raises(PictureError, match="damaged"):
            decode(jpeg)
        load.assert_not_called()
    film = b"\xff\xda\0\x02" * 300  # what phones put behind a photo
    assert decode(_file(_halves(), "JPEG", **how) + film).shape == (160, 120, 3)


def test_a_portrait_shows_the_face_and_stays_in_the_picture() -> None:
    image = np.zeros((400, 600, 3), np.uint8)
    image[0:50, 0:50] = 255
    cut = portrait(image, Box(0, 0, 50, 50))
    assert cut.shape[0] < 100
    assert cut[10, 10].min() == 255
    assert max(portrait(image, Box(0, 0, 400, 400), side=64).shape) == 64


def test_a_thumbnail_is_a_copy_even_of_a_small_picture() -> None:
    image = np.zeros((50, 50, 3), np.uint8)
    small = thumbnail(image)
    small[:] = 255
    assert image.max() == 0
