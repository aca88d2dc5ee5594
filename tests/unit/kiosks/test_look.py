"""How screens look: colours that can be read, logos that are pictures, and what one kiosk does
otherwise."""

import base64
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from face_rec.domain.errors import OptionsRefused, PictureError, ProofNeeded
from face_rec.domain.kiosks.look import (
    AA,
    Look,
    accent_of,
    contrast,
    logo_of,
    stored_logo,
    welcome_of,
)
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.site_options import LiveOptions
from tests.fakes.options import OPTIONS, MemoryOptions, live_options

WHITE = (255, 255, 255)


def file(
    size: tuple[int, int] = (400, 100),
    kind: str = "PNG",
    ink: tuple[int, ...] = (20, 90, 160, 255),
) -> bytes:
    """A picture file with a border of nothing around what is drawn."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste(ink, (size[0] // 8, size[1] // 8, size[0] * 7 // 8, size[1] * 7 // 8))
    written = io.BytesIO()
    (picture.convert("RGB") if kind == "JPEG" else picture).save(written, kind)
    return written.getvalue()


def opened(logo: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(logo)))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a picture that fills the memory."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


# --- colours


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast(WHITE, (0, 0, 0)) == pytest.approx(21)
    assert contrast(WHITE, (0x76, 0x76, 0x76)) == pytest.approx(4.54, abs=0.01)  # WebAIM's example
    assert contrast((1, 2, 3), (1, 2, 3)) == 1


@pytest.mark.parametrize(
    ("colour", "why"),
    [
        ("#ffd500", "white words on #ffd500 have a contrast of 1.4:1"),
        ("#777777", "white words on #777777 have a contrast of 4.4:1"),
        ("#767676", "words in #767676 on the screen's light ground have a contrast of 4.1:1"),
        ("red", "a colour such as"), ("#fff", "a colour such as"), ("", "a colour such as"),
        ("#0f766e;background:url(x)", "a colour such as"),
    ],
)  # fmt: skip
def test_a_colour_that_is_hard_to_read_is_refused_with_what_would_be(
    colour: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        accent_of(colour)


@given(st.binary(min_size=3, max_size=3))
def test_every_colour_is_readable_or_has_a_darker_tone_that_is(channels: bytes) -> None:
    text = f"#{channels.hex()}"
    try:
        assert accent_of(text) == text
    except ValueError as error:
        tone = str(error).removesuffix(" would do").rpartition(" ")[2]
        assert accent_of(tone) == tone
        text = tone
    red, green, blue = bytes.fromhex(text[1:])
    assert contrast(WHITE, (red, green, blue)) >= AA


# --- the logo


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_written_anew_and_small_whatever_it_was(kind: str) -> None:
    logo = logo_of(file((3000, 1500), kind))
    with opened(logo) as picture:
        assert picture.format == "WEBP"
        assert picture.width <= 640
        assert picture.height <= 240
    assert len(logo) <= 64 * 1024
    assert stored_logo(logo) == logo


def test_a_logo_keeps_its_transparency_and_loses_its_empty_border() -> None:
    picture = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    picture.paste((200, 30, 30, 255), (100, 50, 150, 100))
    picture.paste((200, 30, 30, 255), (250, 100, 300, 150))
    written = io.BytesIO()
    picture.save(written, "PNG")
    with opened(logo_of(written.getvalue())) as made:
        assert made.size == (200, 100)
        assert made.convert("RGBA").getpixel((190, 10)) == (0, 0, 0, 0)


def test_nothing_that_a_file_holds_beside_its_picture_comes_along() -> None:
    kept = PngImagePlugin.PngInfo()
    kept.add_text("Comment", "made at home by Maria Kern")
    written = io.BytesIO()
    Image.open(io.BytesIO(file())).save(written, "PNG", pnginfo=kept)
    assert b"Maria" in written.getvalue()
    assert b"Maria" not in base64.b64decode(logo_of(written.getvalue()))


def noise(grain: int) -> bytes:
    """A picture of coloured squares of ``grain`` pixels."""
    size = (240 // grain, 640 // grain, 3)
    dots = np.random.default_rng(1).integers(0, 255, size, dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(dots.repeat(grain, axis=0).repeat(grain, axis=1)).save(written, "PNG")
    return written.getvalue()


def test_a_logo_full_of_detail_is_made_small_enough_and_noise_is_refused() -> None:
    assert len(base64.b64decode(logo_of(noise(grain=8)))) <= 48 * 1024
    with pytest.raises(PictureError, match="simpler one"):
        logo_of(noise(grain=1))


def animation() -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", (50, 50), shade) for shade in ("red", "blue")]
    frames[0].save(written, "WEBP", save_all=True, append_images=frames[1:])
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(30_000, 30_000), "million pixels|no picture"),
        (bomb(5000, 4000), "million pixels"),
        (bomb(100, 100), "no picture"),
        (file()[:200], "no picture"),
        (b"", "no picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "PNG, JPEG"),
        (b"GIF89a" + bytes(50), "PNG, JPEG"),
        (file(kind="TIFF"), "PNG, JPEG"),
        (animation(), "animation"),
        (file((8, 8)), "at least 16"),
        (file(ink=(0, 0, 0, 0)), "at least 16"),
        (bytes(6 * 2**20), "5 MB"),
    ],
    ids=["bomb", "too-large", "broken", "cut", "empty", "svg", "gif", "tiff", "animation", "tiny",
         "invisible", "heavy"],
)  # fmt: skip
def test_what_is_no_logo_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(PictureError, match=why):
        logo_of(data)


@pytest.mark.parametrize(
    "text",
    ['"><script>', "PHN2Zz4=", base64.b64encode(file()).decode(), "A" * 10,
     base64.b64encode(b"RIFF0000WEBP" + bytes(60_000)).decode()],
    ids=["markup", "svg", "png", "odd", "heavy"],
)  # fmt: skip
def test_a_stored_logo_that_we_have_not_made_counts_as_none(text: str) -> None:
    options = live_options(chosen={"logo": text, "welcome": "Hello"})
    assert (options.current().look.logo, options.current().look.welcome) == ("", "Hello")


# --- the record


def test_a_look_is_chosen_stored_and_read_again() -> None:
    store = MemoryOptions()
    here, there = (LiveOptions(OPTIONS, frozenset(), store, lambda *_: None) for _ in range(2))
    wanted = Look("#1d4ed8", "Good morning!", logo_of(file()), True, True, True, True)
    here.change(wanted.texts(), here.version)
    there.refresh()
    assert there.current().look == here.current().look == wanted
    assert there.current().title == OPTIONS.title


def test_what_was_stored_is_not_fetched_again_while_nothing_has_changed() -> None:
    store = MemoryOptions()
    options = LiveOptions(OPTIONS, frozenset(), store, lambda *_: None)
    options.change({"welcome": "Hello"}, 0)
    store.values["welcome"] = "unseen"
    options.refresh()
    assert options.current().look.welcome == "Hello"
    store.version += 1
    options.refresh()
    assert options.current().look.welcome == "unseen"


def test_the_audit_log_is_told_of_a_logo_but_not_given_it() -> None:
    notes: list[object] = []
    options = live_options(notes=notes)
    options.change({"logo": logo_of(file()), "short_names": "true"}, options.version)
    ((before, after),) = notes  # type: ignore[misc]
    assert (before["logo"], before["short_names"]) == ("none", "False")  # type: ignore[has-type]
    assert after["short_names"] == "True"  # type: ignore[has-type]
    assert len(after["logo"]) < 40  # type: ignore[has-type]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [("accent", "#ffd500", "Accent colour must be darker"),
     ("welcome", "x" * 121, "120 characters"), ("welcome", "two\nlines", "one line"),
     ("voice", "perhaps", "true or false"),
     ("logo", "no", "picture")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused(name: str, text: str, why: str) -> None:
    options = live_options()
    with pytest.raises(OptionsRefused, match=why):
        options.change({name: text}, options.version)
    assert options.current() == OPTIONS


def test_the_welcome_may_be_empty_and_loses_blanks_at_its_ends() -> None:
    assert (welcome_of("  "), welcome_of(" Grüß Gott! ")) == ("", "Grüß Gott!")


@pytest.mark.parametrize(("name", "asked"), [("voice", True), ("title", False)])
def test_who_changes_the_screens_must_first_prove_who_they_are(name: str, asked: bool) -> None:
    def refuse() -> None:
        raise ProofNeeded("Confirm first.")

    options = LiveOptions(OPTIONS, frozenset(), MemoryOptions(), lambda *_: None, screens=refuse)
    try:
        options.change({name: "true"}, 0)
    except ProofNeeded:
        assert asked
        assert not options.current().look.voice
    else:
        assert not asked


def test_a_kiosk_does_as_the_site_says_unless_it_says_otherwise() -> None:
    site = Look(accent="#1d4ed8", sounds=True, short_names=True)
    assert KioskRecord("gate").look(site) == site
    own = KioskRecord("gate", sounds=False, show_late=True).look(site)
    assert own == Look(accent="#1d4ed8", sounds=False, short_names=True, show_late=True)
