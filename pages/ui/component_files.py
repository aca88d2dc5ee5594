"""The style and script files that our components are made of; they lie beside this module."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


def joined(*names: str) -> str:
    """The files one after the other, as one text."""
    return "".join(_HERE.joinpath(name).read_text(encoding="utf-8") for name in names)
