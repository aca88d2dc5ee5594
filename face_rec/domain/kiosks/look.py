"""How the screens of a site's kiosks look and sound, and what may be chosen for that.

What a value must be is said so that it completes "… must be": a choice is refused in these words.
"""

import base64
import binascii
import io
import re
import unicodedata
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Final

from PIL import Image as Pillow
from PIL import ImageOps

from face_rec.domain.errors import PictureError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence

ACCENT: Final = "#0f766e"
BEHAVIOUR: Final = ("sounds", "voice", "short_names", "show_late")
"""What one kiosk may do otherwise than the site."""


@dataclass(frozen=True, slots=True)
class Look:
    """``accent``: ``#rrggbb``. ``welcome``: the site's own line for who stands before an idle
    screen. ``logo``: a WebP in Base64, see :func:`logo_of`; empty: none. ``sounds``: a mark is
    heard; ``voice``: it is spoken. ``short_names``: no full name leaves the server for the
    screen. ``show_late``: who comes late is told by how much."""

    accent: str = ACCENT
    welcome: str = ""
    logo: str = ""
    sounds: bool = False
    voice: bool = False
    short_names: bool = False
    show_late: bool = False

    @property
    def logo_source(self) -> str:
        """The logo as a data URI; empty without one."""
        return f"data:image/webp;base64,{self.logo}" if self.logo else ""

    def texts(self) -> dict[str, str]:
        """Each value as it is stored and read again."""
        return {entry.name: str(getattr(self, entry.name)) for entry in fields(self)}

    def told(self) -> dict[str, str]:
        """The same for the audit log, which names a picture by its digest."""
        digest = sha256(self.logo.encode()).hexdigest()[:12]
        return self.texts() | {"logo": f"picture {digest}" if self.logo else "none"}


# --- colours: WCAG 2.2, success criterion 1.4.3

AA: Final = 4.5
_WHITE: Final = (255, 255, 255)
_TINT: Final = 0.07
"""Of the accent in the ground that its words stand on (kiosk_screen.css)."""

_Rgb = tuple[int, int, int]


def accent_of(text: str) -> str:
    """The colour as ``#rrggbb``. It is the ground of white words and the colour of words on the
    screen's light ground. Raises ValueError for one in which either is hard to read."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(sentence("a colour such as {example}", example=ACCENT))
    colour = _rgb(text)
    problem = _hard_to_read(colour)
    if problem:
        raise ValueError(
            sentence(
                "darker: {problem}; WCAG AA asks for {least}:1. {other} would do",
                problem=problem,
                least=Figure(AA, 1),
                other=_readable(colour),
            )
        )
    return text.lower()


def _hard_to_read(colour: _Rgb) -> str:
    on_it, on_ground = contrast(_WHITE, colour), contrast(colour, _ground(colour))
    if on_it < AA:
        return sentence(
            "white words on {colour} have a contrast of {ratio}:1",
            colour=_hex(colour),
            ratio=_ratio(on_it),
        )
    if on_ground < AA:
        return sentence(
            "words in {colour} on the screen's light ground have a contrast of {ratio}:1",
            colour=_hex(colour),
            ratio=_ratio(on_ground),
        )
    return ""


def _readable(colour: _Rgb) -> str:
    """The nearest darker tone of the colour that is readable."""
    tones = (tuple(channel * part // 100 for channel in colour) for part in range(99, -1, -1))
    return next(_hex((r, g, b)) for r, g, b in tones if not _hard_to_read((r, g, b)))


def contrast(one: _Rgb, other: _Rgb) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: _Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _ground(colour: _Rgb) -> _Rgb:
    red, green, blue = (round(_TINT * c + (1 - _TINT) * 255) for c in colour)
    return red, green, blue


def _ratio(value: float) -> Figure:
    """Rounded down: what misses 4.5 is not told as 4.5."""
    return Figure(int(value * 10) / 10, 1)


def _rgb(text: str) -> _Rgb:
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _hex(colour: _Rgb) -> str:
    return f"#{bytes(colour).hex()}"


# --- words

_LONGEST_WELCOME: Final = 120


def welcome_of(text: str) -> str:
    """One line of text; may be empty. Raises ValueError."""
    line = unicodedata.normalize("NFC", text).strip()
    if len(line) > _LONGEST_WELCOME or not (line.isprintable() or not line):
        raise ValueError(sentence("one line of at most {most} characters", most=_LONGEST_WELCOME))
    return line


# --- the logo

LOGO_UPLOAD: Final = 5 * 2**20
"""Bytes of the file that is chosen."""
_LOGO_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_LOGO_PIXELS: Final = 16_000_000
_LOGO_ROOM: Final = (640, 240)
"""Pixels across and down, at most: twice what the largest screen shows."""
_LOGO_BYTES: Final = 48 * 1024
_LEAST: Final = 16
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def logo_of(data: bytes) -> str:
    """The picture in a PNG, JPEG or WebP file, made small and written anew as a WebP in Base64:
    nothing else that the file holds comes along. Its transparency stays; an empty border goes.

    Some ten milliseconds. Raises PictureError.
    """
    if len(data) > LOGO_UPLOAD:
        raise PictureError(
            sentence("The logo may have {most} MB. Save it smaller.", most=LOGO_UPLOAD // 2**20)
        )
    picture = _pixels(data)
    picture.thumbnail(_LOGO_ROOM, Pillow.Resampling.LANCZOS)
    for quality in (90, 75, 60, 40, 20):
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=4)
        if written.tell() <= _LOGO_BYTES:
            return base64.b64encode(written.getvalue()).decode()
    raise PictureError(msgid("This picture is too detailed for a logo. Choose a simpler one."))


def _pixels(data: bytes) -> Pillow.Image:
    try:
        with Pillow.open(io.BytesIO(data), formats=_LOGO_FORMATS) as opened:  # the header only
            _check_header(opened)
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except PictureError:
        raise
    except Exception:  # decoders raise all sorts of errors for broken files
        raise PictureError(
            msgid("This is no picture that can be a logo. Use a PNG, JPEG or WebP file.")
        ) from None
    inked = picture.getchannel("A").getbbox()
    seen = picture.crop(inked)
    if inked is None or min(seen.size) < _LEAST:
        raise PictureError(
            sentence(
                "The logo needs at least {least} × {least} pixels. Use a larger one.", least=_LEAST
            )
        )
    return seen


def _check_header(opened: Pillow.Image) -> None:
    if opened.width * opened.height > _LOGO_PIXELS:
        raise PictureError(
            sentence(
                "The logo has {width} × {height} pixels. Save it smaller: at most "
                "{most} million pixels are taken.",
                width=opened.width,
                height=opened.height,
                most=_LOGO_PIXELS // 10**6,
            )
        )
    if getattr(opened, "is_animated", False):
        raise PictureError(msgid("The logo is an animation. Choose a picture that stands still."))


def stored_logo(text: str) -> str:
    """A logo as :func:`logo_of` makes it, or nothing. Raises ValueError for anything else."""
    refusal = ValueError(msgid("a picture that was chosen on the page Kiosks"))
    if not _BASE64.fullmatch(text):
        raise refusal
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise refusal from None
    if text and (len(data) > _LOGO_BYTES or data[:4] + data[8:12] != b"RIFFWEBP"):
        raise refusal
    return text
