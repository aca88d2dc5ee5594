"""Opens a ZIP from outside without reading an endless list of contents, and refuses what has no
place in one.

``zipfile`` reads the whole list at once and makes an object of each entry: a ZIP of empty
entries is a bomb of its own, which no bound on what they unpack to would stop.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

from face_rec.domain.errors import ArchiveRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence

_ENTRY_BYTES: Final = 256
"""Of the list, on average: 46, the name, and what programs add to it (APPNOTE 4.3.12)."""
_TAIL: Final = 128 << 10  # the end record and the longest comment are read at once
_MOST_EXPANSION: Final = 100
"""Neither weights nor photos shrink much; what unpacks to a hundred times its size is a bomb."""
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
"""What reading a ZIP that is none, or is damaged, raises besides OSError; a ValueError where an
entry lies before the file's beginning."""
_ALWAYS_FINE: Final = 1 << 20  # bytes that may expand at any rate
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What ``zipfile`` unpacks piece by piece. Of the others (bzip2, LZMA) it unpacks whatever it has
read before it cuts that to what was asked for: 100 KB become gigabytes of memory."""


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


def files_in(archive: zipfile.ZipFile, most: int) -> list[zipfile.ZipInfo]:
    """The entries that are files. Raises ArchiveRefused for more than ``most`` of them, and for
    any that makes the whole archive suspect: a path that leads outside, a link, encryption,
    packing that is not undone piece by piece, or far more bytes than it is packed in."""
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    if len(entries) > most:
        raise ArchiveRefused(
            sentence("The ZIP holds more than {most} files. Split it.", most=Figure(most, 0))
        )
    for entry in entries:
        _check(entry)
    return entries


def path_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where in the ZIP it lies, whichever way the program that made it slashes."""
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _check(entry: zipfile.ZipInfo) -> None:
    name, path = entry.filename[:80], path_of(entry)
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise ArchiveRefused(
            sentence(
                "The ZIP holds a path that leads outside: {name}. Make it again of the folder "
                "alone.",
                name=repr(name),
            )
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused(
            sentence("The ZIP holds a link: {name}. Put the file itself in.", name=repr(name))
        )
    if entry.flag_bits & 1:
        raise ArchiveRefused(msgid("The ZIP is encrypted. Make it again without a password."))
    if entry.compress_type not in _PACKED:
        raise ArchiveRefused(
            sentence(
                "{name} in the ZIP is packed in an unusual way. Make the ZIP again with ordinary "
                "compression (Deflate).",
                name=repr(name),
            )
        )
    if entry.file_size > max(_ALWAYS_FINE, _MOST_EXPANSION * entry.compress_size):
        raise ArchiveRefused(
            sentence(
                "The ZIP is not safe: {name} unpacks to far too much. Make it again without that "
                "file.",
                name=repr(name),
            )
        )


class _Bounded:
    """A file that, until the ZIP is open, gives no more at once than the list may have."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._most = most
        self.opened = False

    def read(self, size: int = -1) -> bytes:
        if not self.opened and size > max(_TAIL, self._most * _ENTRY_BYTES):
            raise ArchiveRefused(
                sentence(
                    "The ZIP lists more than {most} files. Split it.", most=Figure(self._most, 0)
                )
            )
        return self._source.read(size)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a file can
        return getattr(self._source, name)
