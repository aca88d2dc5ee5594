"""Opens a ZIP from outside without reading an endless list of contents.

``zipfile`` reads the whole list at once and makes an object of each entry: a ZIP of empty
entries is a bomb of its own, which no bound on what they unpack to would stop.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from face_rec.domain.errors import ArchiveRefused

_ENTRY_BYTES: Final = 256
"""Of the list, on average: 46, the name, and what programs add to it (APPNOTE 4.3.12)."""
_TAIL: Final = 128 << 10  # the end record and the longest comment are read at once


@contextmanager
def opened_zip(source: Path | BinaryIO, most: int) -> Iterator[zipfile.ZipFile]:
    """The ZIP, whose list of contents is no longer than ``most`` entries need.

    Raises ArchiveRefused for a longer one, and what ``zipfile`` raises for what is no ZIP.
    """
    if isinstance(source, Path):
        with source.open("rb") as file, opened_zip(file, most) as archive:
            yield archive
        return
    bounded = _Bounded(source, most)
    with zipfile.ZipFile(cast("BinaryIO", bounded)) as archive:
        bounded.opened = True
        yield archive


class _Bounded:
    """A file that, until the ZIP is open, gives no more at once than the list may have."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._most = most
        self.opened = False

    def read(self, size: int = -1) -> bytes:
        if not self.opened and size > max(_TAIL, self._most * _ENTRY_BYTES):
            raise ArchiveRefused(f"The ZIP lists more than {self._most:,} files. Split it.")
        return self._source.read(size)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a file can
        return getattr(self._source, name)
