"""A camera's address as a command takes it: it may hold a password, and command lines are seen
by everybody on the machine."""

from pathlib import Path
from typing import Final

from face_rec.domain.errors import SourceError

HELP: Final = "or @FILE with the address in it, which keeps its password off the command line"


def camera_address(text: str) -> str:
    """``text``, or what stands in the file that ``@FILE`` names. Raises SourceError."""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SourceError(
            f"{text[1:]} cannot be read. Name a file that holds the address."
        ) from None
