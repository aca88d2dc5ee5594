"""ZIPs from outside: checked as a whole before a byte is used, and never unpacked to disk."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from face_rec.domain.errors import ArchiveRefused
from face_rec.people.imports.collection import (
    PEOPLE_CSV,
    Collection,
    PhotoFile,
    collected,
    is_clutter,
)
from face_rec.people.photos.photos import MAX_BYTES
from face_rec.zip_directory import opened_zip

MOST_FILES = 100_000
MOST_BYTES = 8 * 2**30
MOST_EXPANSION = 100
"""A photo hardly shrinks; what unpacks to a hundred times its size is a bomb."""

_ALWAYS_FINE = 2**20  # bytes that may expand at any rate
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[Collection]:
    """The collection in a ZIP (its one outermost folder, if there is one, does not count).

    Photos can be read inside the ``with`` only, one by one. Raises ArchiveRefused.
    """
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(opened_zip(source, MOST_FILES))
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ArchiveRefused(f"This is not a ZIP file that can be read ({error}).") from None
        yield _collection(archive)


def _collection(archive: zipfile.ZipFile) -> Collection:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_together(entries)
    for entry in entries:
        _check(entry)
    entries = [entry for entry in entries if not is_clutter(entry.filename)]
    names = _without_outer_folder([entry.filename for entry in entries])
    files = [
        PhotoFile(name, _reader(archive, entry))
        for name, entry in zip(names, entries, strict=True)
    ]
    tables = [file for file in files if file.name.lower() == PEOPLE_CSV]
    photos = [file for file in files if len(PurePosixPath(file.name).parts) == 2]
    if not photos:
        raise ArchiveRefused("The ZIP holds no photos in folders named for the people's IDs.")
    return collected(photos, tables[0].read() if tables else b"")


def _check_together(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise ArchiveRefused(f"The ZIP holds more than {MOST_FILES} files. Split it.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveRefused(f"The ZIP unpacks to more than {MOST_BYTES // 2**30} GB. Split it.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ArchiveRefused("The ZIP holds two files of one name. Make it again.")


def _check(entry: zipfile.ZipInfo) -> None:
    """Refuse what has no place in a ZIP of photos; the whole archive is then suspect."""
    name = entry.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise ArchiveRefused(f"The ZIP holds a path that leads outside: {name[:80]!r}.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused(f"The ZIP holds a link: {name[:80]!r}. Put the photo itself in.")
    if entry.flag_bits & 1:
        raise ArchiveRefused("The ZIP is encrypted. Make it again without a password.")
    if path.suffix.lower() in _ARCHIVES:
        raise ArchiveRefused(f"The ZIP holds another archive: {name[:80]!r}. Unpack it first.")
    if entry.file_size > max(_ALWAYS_FINE, MOST_EXPANSION * entry.compress_size):
        raise ArchiveRefused(f"The ZIP is not safe: {name[:80]!r} unpacks to far too much.")


def _without_outer_folder(names: list[str]) -> list[str]:
    """Many programs put everything into one folder named like the ZIP."""
    parts = [PurePosixPath(name).parts for name in names]
    outermost = {part[0] for part in parts}
    if len(outermost) == 1 and any(len(part) >= 3 for part in parts):
        return ["/".join(part[1:]) for part in parts]
    return names


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    """Reads no more than a photo may have, whatever the entry's header promises."""

    def read() -> bytes:
        try:
            with archive.open(entry) as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ArchiveRefused(
                f"{entry.filename[:80]!r} in the ZIP is damaged ({error}). Make the ZIP again."
            ) from None

    return read
