"""One file over HTTP, whole or not at all."""

from pathlib import Path

import requests

from face_rec.domain.errors import ModelError
from face_rec.protocols.models import Progress

LARGEST = 2 << 30
"""Bytes; no pack comes near it, and no server may fill the disk."""
_CHUNK = 1 << 18
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
    if total > LARGEST:
        raise _failed(answer.url, f"it has {total} bytes, more than any pack")
    done = 0
    with target.open("wb") as stream:
        for piece in answer.iter_content(_CHUNK):
            done += len(piece)
            if done > LARGEST:
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
