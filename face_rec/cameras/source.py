"""What a command is told to look at: a video, a folder of pictures, or a camera."""

import re
from pathlib import Path
from typing import Final, TypeAlias

from face_rec.cameras.address import Address, checked
from face_rec.domain.errors import SourceError
from face_rec.journey.streams.recorded import PICTURES, PictureFolder, VideoFile
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

HELP: Final = msgid(
    "or @FILE with the address in it, which keeps its password off the command line"
)

Source: TypeAlias = VideoFile | PictureFolder | Address
"""An address is a camera's: files, too, are read whole here, with each picture at its own time."""


def source_of(text: str) -> Source:
    """What ``text`` names: a file, a folder, a camera's number or URL, or with ``@FILE`` what
    stands in that file: it may hold a password, and everybody on the machine sees command lines.
    Raises SourceError for what is not there, CameraRefused for a URL that is no camera's."""
    text = _written(text)
    if "://" in text or re.fullmatch(r"\d{1,3}", text):
        return checked(text)
    path = Path(text).expanduser()
    if not path.exists():
        raise SourceError(
            sentence(
                "There is no {source}. Give a file, a folder, a camera index or a URL.",
                source=text,
            )
        )
    if path.is_dir() or path.suffix.lower() in PICTURES:
        return PictureFolder(path)
    return VideoFile(path)


def _written(text: str) -> str:
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SourceError(
            sentence("{file} cannot be read. Name a file that holds the address.", file=text[1:])
        ) from None
