"""The style and script files that pages and our components are made of: ``pages/ui/assets``."""

from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent.parent / "assets"


def asset(name: str) -> Path:
    """Where the file lies."""
    return _FOLDER / name


def joined(*names: str) -> str:
    """The files one after the other, as one text."""
    return "".join(asset(name).read_text(encoding="utf-8") for name in names)
