"""Heads of the chain as they were, kept outside Redis: a file in DATA_DIR, an object in S3.

One JSON document a month, so that a copy stays small however long the app runs. Each line
is signed with the chain's key: who can write the file, but has no key, cannot make it fit a
list that was cut.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from face_rec.errors import SnapshotMissing, StoreError, StoreUnavailable
from face_rec.protocols import SnapshotStore
from face_rec.stores import locks
from face_rec.stores.codec import text_to_time, time_to_text
from face_rec.stores.private_folder import make_private

BEGAN: Final = "began"
"""Name of the document that says since when there is a chain."""


_NAME: Final = re.compile(rf"{BEGAN}|\d{{4}}-\d{{2}}")


def is_document_name(name: str) -> bool:
    """Whether a witness has documents of this name; nothing else becomes part of a path."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Seen:
    """The head of ``day`` as it stood ``at`` some time."""

    day: date
    count: int
    link: str
    at: datetime
    signature: str = ""

    def text(self, site: str) -> str:
        """What is signed."""
        return f"{site}|{self.day.isoformat()}|{self.count}|{self.link}|{time_to_text(self.at)}"


Document = dict[str, Any]


class Shelf(Protocol):
    """Where documents lie. All methods may raise StoreError."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def read(self, name: str) -> Document: ...

    def write(self, name: str, document: Document) -> None: ...

    def names(self) -> list[str]: ...

    def alone(self) -> AbstractContextManager[None]:
        """No other process of this machine writes meanwhile."""
        ...


class FolderShelf:
    """Documents as files below ``folder``."""

    def __init__(self, folder: Path) -> None:
        make_private(folder.parent)
        make_private(folder)
        self._folder = folder

    @property
    def name(self) -> str:
        return str(self._folder)

    def read(self, name: str) -> Document:
        path = self._path(name)
        try:
            return _decoded(path.read_bytes(), str(path))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._refused(error) from error

    def write(self, name: str, document: Document) -> None:
        path, part = self._path(name), self._folder / f".{name}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_encoded(document))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise self._refused(error) from error

    def names(self) -> list[str]:
        found = sorted(path.stem for path in self._folder.glob("*.json"))
        return [name for name in found if is_document_name(name)]

    def alone(self) -> AbstractContextManager[None]:
        return locks.exclusive(self._folder / ".lock")

    def _path(self, name: str) -> Path:
        if not is_document_name(name):
            raise StoreError(f"A witness has no document {name[:80]!r}. Nothing was written.")
        return self._folder / f"{name}.json"

    def _refused(self, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(
            f"The witness in {self._folder} cannot be used ({error.strerror}). Make room on the "
            "disk and let the app write there."
        )


class BucketShelf:
    """Documents as objects beside the snapshots in S3. Machines that share a bucket each
    read before they write; what one overwrites of another's comes back with the next round."""

    def __init__(self, store: SnapshotStore, site: str) -> None:
        self._store = store
        self._prefix = f"witness/{site}/"

    @property
    def name(self) -> str:
        return "S3"

    def read(self, name: str) -> Document:
        try:
            return _decoded(self._store.get(self._key(name)), self._key(name))
        except SnapshotMissing:
            return {}

    def write(self, name: str, document: Document) -> None:
        self._store.put(self._key(name), _encoded(document))

    def names(self) -> list[str]:
        keys = self._store.keys(self._prefix)
        return sorted(key.removeprefix(self._prefix).removesuffix(".json") for key in keys)

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _key(self, name: str) -> str:
        return f"{self._prefix}{name}.json"


class Witness:
    """The heads on one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._began: datetime | None = None

    @property
    def name(self) -> str:
        return self._shelf.name

    def began(self, now: datetime | None = None) -> datetime | None:
        """Since when there is a chain; with ``now`` it begins then, if it has not."""
        if self._began is None:
            self._began = text_to_time(self._shelf.read(BEGAN).get("at"))
        if self._began is None and now is not None:
            self._shelf.write(BEGAN, {"at": time_to_text(now)})
            self._began = now
        return self._began

    def all(self) -> Iterator[Seen]:
        """Every day that was ever seen."""
        for name in self._shelf.names():
            if name != BEGAN:
                yield from _seen_in(self._shelf.read(name))

    def day(self, day: date) -> Seen | None:
        return next((s for s in _seen_in(self._shelf.read(_month(day))) if s.day == day), None)

    def update(self, day: date, change: Callable[[Seen | None], Seen | None]) -> None:
        """Replace what is known of ``day`` by what ``change`` makes of it; None leaves it."""
        with self._shelf.alone():
            document = self._shelf.read(_month(day))
            changed = change(next((s for s in _seen_in(document) if s.day == day), None))
            if changed is not None:
                document[day.isoformat()] = _fields(changed)
                self._shelf.write(_month(day), document)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _fields(seen: Seen) -> Document:
    return {
        "count": seen.count,
        "link": seen.link,
        "at": time_to_text(seen.at),
        "signature": seen.signature,
    }


def _seen_in(document: Document) -> list[Seen]:
    try:
        return [
            Seen(
                date.fromisoformat(day),
                int(fields["count"]),
                str(fields["link"]),
                datetime.fromisoformat(fields["at"]),
                str(fields["signature"]),
            )
            for day, fields in sorted(document.items())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"A witness of the chain is damaged ({error!r}). Restore it from a backup."
        ) from error


def _encoded(document: Document) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def _decoded(content: bytes, name: str) -> Document:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise StoreError(f"The witness {name} is damaged. Restore it from a backup.")
    return document
