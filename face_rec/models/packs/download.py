"""Downloads of model files, gone on with where they broke off.

What has come is kept under a name of its own until all of it is there, so that a cut network, or
a process that is killed, costs what was on its way and not hundreds of megabytes.
"""

import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from face_rec.domain.errors import DownloadBroken, ModelError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.protocols.models import Progress

LARGEST: Final = 2 << 30
"""Bytes of one download; no pack comes near it, and no server may fill the disk."""
_PIECE: Final = 1 << 18
_TIMEOUT: Final = (10.0, 30.0)
"""Seconds to connect, and between two pieces of the answer."""
_KEPT_FOR: Final = 7 * 24 * 3600.0
"""Seconds until what a broken download left is thrown away."""


@dataclass(frozen=True, slots=True)
class Download:
    """``bytes``: how many it should be, 0 where nobody knows."""

    address: str
    bytes: int
    target: Path


def fetch(downloads: Sequence[Download], kept: Path, progress: Progress) -> None:
    """Bring all of ``downloads``; ``progress`` gets (bytes so far, of), of all together.

    ``kept``: the folder for what is on its way, on the disk of the targets. Raises ModelError
    when one cannot be had whole, DownloadBroken where that may pass; what came of it stays in
    ``kept`` for the next try.
    """
    _sweep(kept)
    before, all_bytes = 0, sum(one.bytes for one in downloads)
    for one in downloads:
        done = _Part(one, kept).bring(progress, before, all_bytes)
        before += done


def kept_of(download: Download, kept: Path) -> int:
    """Bytes of a download in ``kept`` that can be gone on with."""
    part = _Part(download, kept)
    return part.bytes if part.goes_on else 0


class _Part:
    """One file on its way: its bytes so far, and the version of the server's file that they are
    of (its ETag, RFC 9110 section 8.8.3)."""

    def __init__(self, wanted: Download, kept: Path) -> None:
        name = hashlib.sha256(wanted.address.encode()).hexdigest()[:24]
        self._wanted = wanted
        self._path = kept / name
        self._version = kept / f"{name}.version"

    @property
    def goes_on(self) -> bool:
        return self._path.is_file() and self._version.is_file()

    @property
    def bytes(self) -> int:
        return self._path.stat().st_size

    def bring(self, progress: Progress, before: int, all_bytes: int) -> int:
        """Download what is missing and put the whole in place; how many bytes it has."""
        address = self._wanted.address
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._fetched(progress, before, all_bytes):
                self._drop()  # all of it is here, or the server's file has changed
                self._fetched(progress, before, all_bytes)
            size = self.bytes
            shutil.move(self._path, self._wanted.target)
            self._drop()
        except requests.RequestException as error:
            raise _failed(address, _trouble(error)) from error
        except OSError as error:
            folder = self._wanted.target.parent
            raise ModelError(
                sentence(
                    "{folder} cannot hold the download: {why}. Make room there, and let the app "
                    "write to it.",
                    folder=folder,
                    why=error.strerror,
                )
            ) from error
        return size

    def _fetched(self, progress: Progress, before: int, all_bytes: int) -> bool:
        """Whether what was missing has come; False where the server has no such rest."""
        address, asked = self._wanted.address, self._asked()
        with requests.get(address, headers=asked, stream=True, timeout=_TIMEOUT) as answer:
            nothing = answer.status_code == requests.codes.requested_range_not_satisfiable
            if nothing and "Range" in asked:
                return False
            if not answer.ok:
                passes = answer.status_code >= 500
                raise _failed(
                    address,
                    sentence("the server answered {status}", status=answer.status_code),
                    passes=passes,
                )
            self._write(answer, progress, before, all_bytes)
        return True

    def _asked(self) -> Mapping[str, str]:
        """The rest of the same version, or all of another (RFC 9110 sections 13.1.5 and 14.2).
        Content must come as it is: of something packed on the way the bytes cannot be counted."""
        asked = {"Accept-Encoding": "identity"}
        if self.goes_on:
            asked["Range"] = f"bytes={self.bytes}-"
            asked["If-Range"] = self._version.read_text("utf-8")
        return asked

    def _write(
        self, answer: requests.Response, progress: Progress, before: int, all_bytes: int
    ) -> None:
        goes_on = answer.status_code == requests.codes.partial_content
        done = self.bytes if goes_on else 0
        length = int(answer.headers.get("Content-Length", 0))
        total = done + length if length else 0
        if total > LARGEST:
            why = sentence("it has {total} bytes, more than any pack", total=total)
            raise _failed(answer.url, why, passes=False)
        self._remember(answer)
        with self._path.open("ab" if goes_on else "wb") as stream:
            for piece in answer.iter_content(_PIECE):
                done += len(piece)
                if done > LARGEST:
                    self._drop()
                    raise _failed(answer.url, msgid("it does not end"), passes=False)
                stream.write(piece)
                progress(before + done, all_bytes or total)
        if total and done != total:
            raise _failed(
                answer.url,
                sentence(
                    "it broke off after {done} of {total} bytes",
                    done=Figure(done),
                    total=Figure(total),
                ),
            )

    def _remember(self, answer: requests.Response) -> None:
        """A weak ETag names no bytes (RFC 9110 section 13.1.5), so nothing is gone on with."""
        version = answer.headers.get("ETag", "")
        if version and not version.startswith("W/"):
            self._version.write_text(version, "utf-8")
        else:
            self._version.unlink(missing_ok=True)

    def _drop(self) -> None:
        self._path.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)


def _trouble(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return msgid("nothing came for a while (is the network slow or closed?)")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return msgid("the connection broke off")
    if isinstance(error, requests.ConnectionError):
        return msgid("it cannot be reached (is there a network?)")
    return type(error).__name__


def _sweep(kept: Path) -> None:
    for path in kept.glob("*"):
        if time.time() - path.stat().st_mtime > _KEPT_FOR:
            path.unlink(missing_ok=True)


def _failed(address: str, why: str, *, passes: bool = True) -> ModelError:
    """A download that did not come whole, and what to do. ``passes``: whether another try may
    find it otherwise."""
    message = sentence(
        "{address} could not be downloaded: {why}. Try again: what has come is kept where the "
        "server can go on with it. Or download it on another machine and give the file to the "
        "page Models, or to: python -m face_rec models import ZIP-or-FOLDER",
        address=address,
        why=why,
    )
    return DownloadBroken(message, why) if passes else ModelError(message)
