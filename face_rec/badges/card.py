"""What a badge says, before it is on paper."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """``code``: the text of the QR code. ``lines``: what stands under the name, small.
    ``photo``: a JPEG, None: without one."""

    name: str
    lines: tuple[str, ...]
    code: str
    photo: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """``logo``: a picture's bytes, or nothing; ``accent``: a colour as #rrggbb."""

    title: str
    accent: str = "#0f766e"
    logo: bytes = b""
