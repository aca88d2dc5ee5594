"""A pack's ZIP: downloaded whole or not at all, and unpacked although nobody vouches for it."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import requests

from face_rec.domain.errors import ArchiveRefused, ModelError
from face_rec.files import sync_file
from face_rec.protocols.models import Progress
from face_rec.zip_directory import files_in, opened_zip, path_of

LARGEST_ARCHIVE = 2 << 30
"""Bytes of a download; no pack comes near it, and no server may fill the disk."""
MOST_ENTRIES = 500
LARGEST_FILE = 1 << 30
LARGEST_TOTAL = 2 << 30
"""Bytes once unpacked; buffalo_l, the largest pack with all five models, has 0.34 GB."""
_CHUNK = 1 << 20
_PIECE = 1 << 18  # of a download
_TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and between two pieces of the answer."""


def download(url: str, target: Path, progress: Progress) -> None:
    """Write what ``url`` answers to ``target``; ``progress`` gets (bytes so far, of).

    Raises ModelError when it cannot be had whole; what was written is then left to the caller.
    """
    try:
        with requests.get(url, stream=True, timeout=_TIMEOUT) as answer:
            if not answer.ok:
                raise _failed(url, f"the server answered {answer.status_code}")
            _write(answer, target, progress)
    except requests.RequestException as error:
        raise _failed(url, f"{type(error).__name__} (is there a network?)") from error
    except OSError as error:
        raise ModelError(f"{target.parent} cannot hold the download: {error.strerror}.") from error


def _write(answer: requests.Response, target: Path, progress: Progress) -> None:
    total = int(answer.headers.get("Content-Length", 0))
    if total > LARGEST_ARCHIVE:
        raise _failed(answer.url, f"it has {total} bytes, more than any pack")
    done = 0
    with target.open("wb") as stream:
        for piece in answer.iter_content(_PIECE):
            done += len(piece)
            if done > LARGEST_ARCHIVE:
                raise _failed(answer.url, "it does not end")
            stream.write(piece)
            progress(done, total)
    if total and done != total:
        raise _failed(answer.url, f"it broke off after {done} of {total} bytes")


def _failed(url: str, why: str) -> ModelError:
    return ModelError(
        f"{url} could not be downloaded: {why}. Try again, or download it on another machine "
        "and install the ZIP with: python -m face_rec models import ZIP"
    )


def unpack_models(
    archive: Path, target: Path, progress: Progress, only: frozenset[str] = frozenset()
) -> None:
    """Write every ``*.onnx`` of ``archive`` (or ``only`` these) into ``target`` under its bare
    name.

    ``progress`` gets (bytes so far, of). Raises ArchiveRefused for anything odd: paths that
    leave the archive, links, encryption, a wrong checksum, or too much of anything.
    """
    try:
        with opened_zip(archive, MOST_ENTRIES) as opened:
            models = [e for e in _models(opened) if not only or _name(e) in only]
            _unpack(opened, models, target, progress)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ArchiveRefused(
            "This is no complete ZIP archive; download or make it again."
        ) from error


def _models(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    models = [e for e in files_in(opened, MOST_ENTRIES) if _name(e).lower().endswith(".onnx")]
    names = [_name(entry).lower() for entry in models]
    if not models or len(set(names)) != len(names):
        raise ArchiveRefused("The ZIP must hold the models as *.onnx files of different names.")
    for entry in models:
        if ":" in _name(entry):  # to Windows a stream of another file
            raise ArchiveRefused(f"The ZIP holds a model of no usable name: {_name(entry)!r}.")
        if entry.file_size > LARGEST_FILE:
            raise ArchiveRefused(f"{_name(entry)!r} has more than {LARGEST_FILE >> 30} GB.")
    if sum(entry.file_size for entry in models) > LARGEST_TOTAL:
        raise ArchiveRefused(f"The ZIP unpacks to more than {LARGEST_TOTAL >> 30} GB.")
    return models


def _name(entry: zipfile.ZipInfo) -> str:
    return path_of(entry).name


def _unpack(
    opened: zipfile.ZipFile, models: list[zipfile.ZipInfo], target: Path, progress: Progress
) -> None:
    total, done = sum(entry.file_size for entry in models), 0
    for entry in models:
        with opened.open(entry) as source, (target / _name(entry)).open("xb") as sink:
            for size in _copy(source, sink):
                progress(done + size, total)
        done += entry.file_size


def _copy(source: IO[bytes], sink: IO[bytes]) -> Iterator[int]:
    """Copies and makes it last; yields the bytes copied so far.

    zipfile itself gives no byte more than the entry declares, and checks its CRC."""
    done = 0
    while piece := source.read(_CHUNK):
        done += sink.write(piece)
        yield done
    sink.flush()
    sync_file(sink.fileno())
