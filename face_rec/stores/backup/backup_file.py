"""A backup as a file: gzipped lines of JSON, the first says what it is, the last that it is whole.

``schema`` is the form of the data (:mod:`face_rec.stores.site.schema`). A newer version of the
app reads older backups by taking each record through the migrations in between.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final, cast

from face_rec.domain import names
from face_rec.domain.errors import BackupRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.site.schema import SCHEMA

FORMAT: Final = "face-attendance backup"
Admit = Callable[[Record], bool]
"""Whether to take a record; raises BackupRefused for one that must not be there at all."""
Migration = Callable[[Record], Record | None]
"""A record of one schema as the next has it; None where that has no such thing."""
MIGRATIONS: Final[Mapping[int, Migration]] = {}
"""By the schema they start from; a version that adds a step to those of the database adds one."""

LONGEST_LINE: Final = 8 << 20
"""Bytes; a record of ours has at most 0.8 MB of values, each byte written as six at most."""
MOST_EXPANSION: Final = 100
"""Measured: a backup of 9,000 chained events unpacks to 3.8 times its size. A bomb made for it
reaches 1,000."""
MOST_PEOPLE: Final = 5_000_000
_ALWAYS_FINE: Final = 16 << 20  # bytes that may unpack at any rate
_VERSION: Final = re.compile(r"[A-Za-z0-9_.+-]{1,64}")

_NONE: Final = msgid("This file is no backup, or is damaged. Choose another one.")
_BOMB: Final = msgid(
    "The file unpacks to far more than a backup of this app would: it is not safe and "
    "was not read further. Take another one. Nothing was written."
)
_CUT: Final = msgid(
    "The backup ends too early: it was cut off. Copy it again, or take another one."
)


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
    admins: tuple[str, ...] = ()
    """The accounts that may do everything."""


class Counter:
    """Counts what passes; who is read twice because of a change counts once."""

    def __init__(self) -> None:
        self.records = 0
        self._people: set[str] = set()
        self._events = 0
        self._admins: list[str] = []

    def add(self, record: Record) -> None:
        """Raises BackupRefused where there is more of it than there can be."""
        self.records += 1
        if record.key.startswith("person:"):
            (self._people.add if record.items else self._people.discard)(record.key)
        elif record.key.startswith("attendance:"):
            self._events += len(record.items)
        elif record.key.startswith("access:") and record.key.endswith(":accounts"):
            self._admins += [name for item in record.items if (name := _admin(item))]
        if len(self._people) > MOST_PEOPLE:
            raise BackupRefused(_BOMB)

    def summary(self, header: Header, digest: str) -> Summary:
        admins = tuple(sorted(self._admins))
        return Summary(header, len(self._people), self._events, digest, admins)


def _admin(item: tuple[bytes, ...]) -> str:
    """The name of an account that is an admin, fit to be shown; empty for others."""
    try:
        role = json.loads(item[1]).get("role")
    except (ValueError, AttributeError, IndexError, RecursionError):
        return ""
    return ascii(item[0].decode(errors="replace")[:64])[1:-1] if role == "admin" else ""


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
    """Reads a backup once, from its start; what is no whole backup raises BackupRefused.

    ``admit`` makes, of the site in the header, what says whether to take a record; None takes all.
    However the file is made, no more than a line of it is in memory.
    """

    def __init__(
        self,
        source: IO[bytes],
        schema: int = SCHEMA,
        migrations: Mapping[int, Migration] = MIGRATIONS,
        admit: Callable[[str], Admit] | None = None,
    ) -> None:
        self._lines = _unpacked(source)
        self._digest = hashlib.sha256()
        self._schema = schema
        self._migrations = migrations
        self.header = self._header()
        self._admit = admit(self.header.site) if admit else lambda _: True

    @property
    def digest(self) -> str:
        """Of what was read until now."""
        return self._digest.hexdigest()

    def records(self) -> Iterator[Record]:
        """The records in the form of this version."""
        for record in self._stored():
            migrated = self._migrated(record)
            if migrated is not None and self._admit(migrated):
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
            raise BackupRefused(msgid("This file is no backup of this app. Choose another one."))
        self._digest.update(line)
        header = _header_of(about)
        if header.schema > self._schema:
            raise BackupRefused(
                sentence(
                    "The backup was made by version {version}, which keeps its "
                    "data in a newer form. Update this app first, then restore.",
                    version=header.version,
                )
            )
        return header

    def _stored(self) -> Iterator[Record]:
        for count, line in enumerate(self._lines):
            content = _object(line)
            if "sha256" in content:
                if content != {"records": count, "sha256": self._digest.hexdigest()}:
                    raise BackupRefused(
                        msgid("The backup was altered or damaged. Take another one.")
                    )
                return
            self._digest.update(line)
            yield _record(content)
        raise BackupRefused(_CUT)

    def _migrated(self, record: Record) -> Record | None:
        found: Record | None = record
        for step in range(self.header.schema, self._schema):
            found = None if found is None else self._migrations[step](found)
        return found


def _header_of(about: Mapping[str, Any]) -> Header:
    try:
        site, version, schema = about["site"], about["version"], about["schema"]
        made_at = datetime.fromisoformat(about["made_at"])
        fits = names.SHORT.fullmatch(site) and _VERSION.fullmatch(version)
    except (KeyError, TypeError, ValueError):
        raise BackupRefused(_NONE) from None
    if not fits or type(schema) is not int or schema < 1:
        raise BackupRefused(_NONE)
    return Header(site, made_at, version, schema)


class _Counted:
    """A file that counts the bytes read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.count += len(data)
        return data


def _unpacked(source: IO[bytes]) -> Iterator[bytes]:
    """The lines, each and all together bounded."""
    counted, size = _Counted(source), 0
    try:
        with gzip.GzipFile(fileobj=cast("IO[bytes]", counted), mode="rb") as packed:
            while line := packed.readline(LONGEST_LINE + 1):
                size += len(line)
                if len(line) > LONGEST_LINE:
                    raise BackupRefused(_BOMB)
                if size > _ALWAYS_FINE + MOST_EXPANSION * counted.count:
                    raise BackupRefused(_BOMB)
                yield line
    except EOFError:
        raise BackupRefused(_CUT) from None
    except (gzip.BadGzipFile, zlib.error):
        raise BackupRefused(_NONE) from None


# Bytes as text: one character a byte, so that any value survives and most stay readable.


def _as_json(record: Record) -> dict[str, Any]:
    items = [[part.decode("latin-1") for part in item] for item in record.items]
    return {"key": record.key, "kind": record.kind, "first": record.first, "items": items}


def _record(content: Mapping[str, Any]) -> Record:
    try:
        key, kind, first = content["key"], content["kind"], content["first"]
        items = tuple(tuple(part.encode("latin-1") for part in item) for item in content["items"])
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        raise BackupRefused(_NONE) from None
    if not (isinstance(key, str) and isinstance(kind, str) and isinstance(first, bool)):
        raise BackupRefused(_NONE)
    return Record(key, kind, _paired(items) if kind == "hash" else items, first)


def _paired(items: tuple[tuple[bytes, ...], ...]) -> tuple[tuple[bytes, ...], ...]:
    """Until version 1 a cluster's hashes were written flat: a name, then its value."""
    if len(items) % 2 or any(len(item) != 1 for item in items):
        return items
    flat = [item[0] for item in items]
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise BackupRefused(_NONE)
    return content
