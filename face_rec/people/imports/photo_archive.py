"""ZIPs from outside: checked as a whole before a byte is used, and never unpacked to disk."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from face_rec.domain.errors import ArchiveRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.imports.collection import (
    PEOPLE_CSV,
    Collection,
    PhotoFile,
    collected,
    is_clutter,
)
from face_rec.people.photos.photos import MAX_BYTES
from face_rec.zip_directory import DAMAGED, files_in, opened_zip, path_of

MOST_FILES = 100_000
MOST_BYTES = 8 * 2**30
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[Collection]:
    """The collection in a ZIP (its one outermost folder, if there is one, does not count).

    Photos can be read inside the ``with`` only, one by one. Raises ArchiveRefused.
    """
    if isinstance(source, Path) and not source.exists():
        raise ArchiveRefused(
            sentence("There is no {source}; give a ZIP file or a folder.", source=source)
        )
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(opened_zip(source, MOST_FILES))
        except (OSError, *DAMAGED) as error:
            raise ArchiveRefused(
                sentence(
                    "This is not a ZIP file that can be read ({error}). Make it again, and choose "
                    "that one.",
                    error=error,
                )
            ) from None
        yield _collection(archive)


def _collection(archive: zipfile.ZipFile) -> Collection:
    entries = files_in(archive, MOST_FILES)
    _check_together(entries)
    entries = [entry for entry in entries if not is_clutter(entry.filename)]
    names = _without_outer_folder([entry.filename for entry in entries])
    files = [
        PhotoFile(name, _reader(archive, entry))
        for name, entry in zip(names, entries, strict=True)
    ]
    tables = [file for file in files if file.name.lower() == PEOPLE_CSV]
    photos = [file for file in files if len(PurePosixPath(file.name).parts) == 2]
    if not photos:
        raise ArchiveRefused(
            msgid(
                "The ZIP holds no photos in folders named for the people's IDs. Make a folder for "
                "each person, called by their ID, and put their photos into it."
            )
        )
    return collected(photos, tables[0].read() if tables else b"")


def _check_together(entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveRefused(
            sentence("The ZIP unpacks to more than {most} GB. Split it.", most=MOST_BYTES // 2**30)
        )
    if len({entry.filename for entry in entries}) < len(entries):
        raise ArchiveRefused(msgid("The ZIP holds two files of one name. Make it again."))
    for entry in entries:
        if path_of(entry).suffix.lower() in _ARCHIVES:
            name = entry.filename[:80]
            raise ArchiveRefused(
                sentence(
                    "The ZIP holds another archive: {name}. Unpack it first.", name=repr(name)
                )
            )


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
        except (OSError, *DAMAGED) as error:
            raise ArchiveRefused(
                sentence(
                    "{file} in the ZIP is damaged ({error}). Make the ZIP again.",
                    file=repr(entry.filename[:80]),
                    error=error,
                )
            ) from None

    return read
