"""Where the witness's logs lie: files of this machine, and a copy in a bucket."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from face_rec import files
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.files import append_synced, make_private, write_durable
from face_rec.languages.sentence import sentence
from face_rec.stores.witness.witness_entry import DOCUMENT

_LOG: Final = r"log-([0-9a-f]{16})-\d{4}-\d{2}"
_LOG_FILE: Final = re.compile(_LOG)
_NAME: Final = re.compile(rf"{_LOG}|{DOCUMENT.pattern}")


def is_document_name(name: str) -> bool:
    """Whether a witness has documents of this name; nothing else becomes part of a path."""
    return _NAME.fullmatch(name) is not None


class LogFolder:
    """Logs as files below ``folder``, one a month: ``log-NAME-YYYY-MM.jsonl``.

    Methods raise StoreUnavailable where the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        make_private(folder.parent)
        make_private(folder)
        self._folder = folder
        self._counted: dict[Path, tuple[int, int]] = {}  # size and lines of files as last read

    @property
    def name(self) -> str:
        """For people."""
        return str(self._folder)

    def logs(self) -> list[str]:
        """The names of all logs here."""
        found = (_LOG_FILE.fullmatch(path.stem) for path in self._folder.glob("log-*.jsonl"))
        return sorted({match[1] for match in found if match})

    def lines(self, log: str, skip: int = 0) -> Iterator[bytes]:
        """All lines of a log, without the first ``skip``."""
        for path in self._files(log):
            try:
                size, count = self._counted.get(path, (-1, 0))
                if path.stat().st_size == size and count <= skip:
                    skip -= count  # an old month, of which nothing is wanted
                    continue
                raw = path.read_bytes()
            except OSError as error:
                raise self._refused(error) from error
            content = raw.splitlines()
            self._counted[path] = (len(raw), len(content))
            yield from content[skip:]
            skip = max(0, skip - len(content))

    def append(self, log: str, at: datetime, line: bytes) -> None:
        """On the disk when this returns. A clock that was set back begins no earlier month:
        lines stand in the order in which they were written."""
        path = self._path(f"log-{log}-{at:%Y-%m}")
        path = max([path, *self._files(log)[-1:]])
        try:
            append_synced(path, line)
        except OSError as error:
            raise self._refused(error) from error

    def remove(self, log: str) -> None:
        for path in self._files(log):
            path.unlink(missing_ok=True)

    def _files(self, log: str) -> list[Path]:
        return sorted(self._folder.glob(f"log-{log}-*.jsonl"))

    def alone(self) -> AbstractContextManager[None]:
        """No other process of this machine writes meanwhile."""
        return files.exclusive(self._folder / ".lock")

    # --- as documents, for backups and for what older versions wrote

    def names(self) -> list[str]:
        """Everything here, by name."""
        found = sorted(path.stem for path in self._folder.glob("*.json*"))
        return [name for name in found if is_document_name(name)]

    def read(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused(error) from error

    def restore(self, name: str, content: bytes, *, more: bool) -> None:
        """Put back a document, or ``more`` of one; what is here already is newer and stays."""
        path = self._path(name)
        part = path.with_name(f".{name}.restored")
        try:
            if more:
                content = part.read_bytes() + content
            write_durable(part, content)
            if not path.exists() or path.stat().st_size < len(content):
                write_durable(path, content)
        except OSError as error:
            raise self._refused(error) from error

    def _path(self, name: str) -> Path:
        if not is_document_name(name):
            raise StoreError(
                sentence(
                    "A witness has no document {name}. Nothing was written.",
                    name=repr(name[:80]),
                )
            )
        return self._folder / (f"{name}.jsonl" if _LOG_FILE.fullmatch(name) else f"{name}.json")

    def _refused(self, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(
            sentence(
                "The witness in {folder} cannot be used ({error}). Make room on the disk and let "
                "the app write there.",
                folder=self._folder,
                error=error.strerror,
            )
        )


class Bucket(Protocol):
    """Objects outside this machine. Methods may raise StoreUnavailable."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes | None:
        """Of several versions the longest: a shorter one may have been put over it."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """Every key there is or was, in order."""
        ...


class BucketLog:
    """Copies of logs, an object for each hour: ``witness/SITE/log/NAME/YYYY-MM-DDTHH.jsonl``.

    An hour's object is written anew with each of its lines; it is never written again later.
    """

    def __init__(self, bucket: Bucket, site: str) -> None:
        self._bucket = bucket
        self._prefix = f"witness/{site}/log/"

    @property
    def name(self) -> str:
        return self._bucket.name

    def logs(self) -> list[str]:
        keys = self._bucket.keys(self._prefix)
        return sorted({key.removeprefix(self._prefix).split("/")[0] for key in keys})

    def lines(self, log: str) -> Iterator[bytes]:
        for key in self._bucket.keys(f"{self._prefix}{log}/"):
            yield from (self._bucket.get(key) or b"").splitlines()

    def newest(self, log: str) -> list[bytes]:
        """The lines of the last hour there is; none where there is no such log."""
        keys = self._bucket.keys(f"{self._prefix}{log}/")
        return (self._bucket.get(keys[-1]) or b"").splitlines() if keys else []

    def put(self, log: str, hour: str, lines: list[bytes]) -> None:
        self._bucket.put(f"{self._prefix}{log}/{hour}.jsonl", b"".join(lines))
