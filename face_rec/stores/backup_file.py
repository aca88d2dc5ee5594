"""A backup as a file: gzipped lines of JSON, the first says what it is, the last that it is whole.

``schema`` counts the changes of what the keys in Redis mean. A newer version of the app reads
older backups by taking each record through the migrations in between.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from face_rec.errors import BackupRefused
from face_rec.stores.backup import Record

SCHEMA: Final = 1
FORMAT: Final = "face-attendance backup"
Migration = Callable[[Record], Record | None]
"""A record of one schema as the next has it; None where that has no such thing."""
MIGRATIONS: Final[Mapping[int, Migration]] = {}
"""By the schema they start from; a version that changes what keys mean adds one."""

_CUT = "The backup ends too early: it was cut off. Copy it again, or take another one."


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself."""

    site: str
    made_at: datetime
    version: str
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written or read, and the digest of all of it."""

    header: Header
    people: int
    events: int
    digest: str


class Counter:
    """Counts what passes; who is read twice because of a change counts once."""

    def __init__(self) -> None:
        self.records = 0
        self._people: set[str] = set()
        self._events = 0

    def add(self, record: Record) -> None:
        self.records += 1
        if record.key.startswith("person:"):
            (self._people.add if record.items else self._people.discard)(record.key)
        elif record.key.startswith("attendance:"):
            self._events += len(record.items)

    def summary(self, header: Header, digest: str) -> Summary:
        return Summary(header, len(self._people), self._events, digest)


def write(out: IO[bytes], header: Header, records: Iterable[Record]) -> Summary:
    """Write a whole backup to ``out``."""
    digest, count = hashlib.sha256(), Counter()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed:

        def put(line: bytes) -> None:
            digest.update(line)
            packed.write(line)

        put(_line(_about(header)))
        for record in records:
            put(_line(_as_json(record)))
            count.add(record)
        packed.write(_line({"records": count.records, "sha256": digest.hexdigest()}))
    return count.summary(header, digest.hexdigest())


def _about(header: Header) -> dict[str, Any]:
    about = {"format": FORMAT, "schema": header.schema, "site": header.site}
    return {**about, "made_at": header.made_at.isoformat(), "version": header.version}


class BackupReader:
    """Reads a backup once, from its start; what is no whole backup raises BackupRefused."""

    def __init__(
        self,
        source: IO[bytes],
        schema: int = SCHEMA,
        migrations: Mapping[int, Migration] = MIGRATIONS,
    ) -> None:
        self._lines = _unpacked(source)
        self._digest = hashlib.sha256()
        self._schema = schema
        self._migrations = migrations
        self.header = self._header()

    def records(self) -> Iterator[Record]:
        """The records in the form of this version."""
        for record in self._stored():
            migrated = self._migrated(record)
            if migrated is not None:
                yield migrated

    def verify(self) -> Summary:
        """Read to the end; what was found."""
        count = Counter()
        for record in self.records():
            count.add(record)
        return count.summary(self.header, self._digest.hexdigest())

    def _header(self) -> Header:
        line = next(self._lines, b"")
        about = _object(line)
        if about.get("format") != FORMAT:
            raise BackupRefused("This file is no backup of this app. Choose another one.")
        self._digest.update(line)
        if int(about["schema"]) > self._schema:
            raise BackupRefused(
                f"The backup was made by version {about['version']}, which keeps its data in a "
                "newer form. Update this app first, then restore."
            )
        made_at = datetime.fromisoformat(about["made_at"])
        return Header(about["site"], made_at, about["version"], int(about["schema"]))

    def _stored(self) -> Iterator[Record]:
        for count, line in enumerate(self._lines):
            content = _object(line)
            if "sha256" in content:
                if content != {"records": count, "sha256": self._digest.hexdigest()}:
                    raise BackupRefused("The backup was altered or damaged. Take another one.")
                return
            self._digest.update(line)
            yield _record(content)
        raise BackupRefused(_CUT)

    def _migrated(self, record: Record) -> Record | None:
        found: Record | None = record
        for step in range(self.header.schema, self._schema):
            found = None if found is None else self._migrations[step](found)
        return found


def _unpacked(source: IO[bytes]) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as packed:
            yield from packed
    except EOFError:
        raise BackupRefused(_CUT) from None
    except (gzip.BadGzipFile, zlib.error):
        raise BackupRefused("This file is no backup, or is damaged. Choose another one.") from None


# Bytes as text: one character a byte, so that any value survives and most stay readable.


def _as_json(record: Record) -> dict[str, Any]:
    items = [[part.decode("latin-1") for part in item] for item in record.items]
    return {"key": record.key, "kind": record.kind, "first": record.first, "items": items}


def _record(content: Mapping[str, Any]) -> Record:
    items = tuple(tuple(part.encode("latin-1") for part in item) for item in content["items"])
    return Record(content["key"], content["kind"], items, content["first"])


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise BackupRefused("This file is no backup, or is damaged. Choose another one.")
    return content
