"""Compares an archive of files with its manifest, and row by row with Redis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import pyarrow.parquet as pq

from face_rec.archive.files import manifest as manifests
from face_rec.archive.files.manifest import NAME, FileNote, Manifest
from face_rec.archive.files.month_files import Month, MonthFiles
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.archive.file_place import spooled


@dataclass(frozen=True, slots=True)
class FilesCompared:
    """``differences`` in sentences; ``waiting``: months that are written anew at the next pass,
    because Redis has moved on."""

    files: int
    rows: int
    differences: tuple[str, ...]
    waiting: tuple[str, ...]

    def lines(self) -> list[str]:
        """For people."""
        rows = Figure(self.rows)
        found: list[str] = [sentence("{files} files, {rows} rows.", files=self.files, rows=rows)]
        found += [sentence("DIFFERS: {difference}", difference=one) for one in self.differences]
        if self.waiting:
            months = ", ".join(self.waiting)
            found.append(sentence("To be written anew: {months}.", months=months))
        if not self.differences:
            found.append(msgid("The files are as they were written, and as Redis has it."))
        return found


def compare(files: MonthFiles, people: PeopleReader) -> FilesCompared:
    """Reads every file, and makes every month anew beside it; of days of a month that still runs
    only the digest is looked at, for they depend on the time. May raise StoreError."""
    manifest = manifests.read(files.place, files.site)
    waiting = [name for name, *_ in files.due(manifest, people.revision())]
    wrong = list(_differences(files, manifest, frozenset(waiting)))
    rows = sum(note.rows for note in manifest.files.values())
    return FilesCompared(len(manifest.files), rows, tuple(wrong), tuple(waiting))


def _differences(files: MonthFiles, manifest: Manifest, waiting: frozenset[str]) -> Iterator[str]:
    for name in sorted(files.place.names() - {NAME, *manifest.files}):
        yield sentence("{file} is not of this archive. Move it away.", file=name)
    for name, note in sorted(manifest.files.items()):
        yield from _file(files, name, note)
    for name, (month, contents) in files.written(manifest).items():
        if name not in waiting:
            yield from _month(files, name, month, contents)


def _file(files: MonthFiles, name: str, note: FileNote) -> Iterator[str]:
    with files.place.read(name) as source:
        if source is None:
            yield sentence("{file} is gone. It is written anew at the next pass.", file=name)
        elif manifests.digest(source) != note.sha256:
            yield sentence(
                "{file} was changed since it was written. Remove it: it is written anew then.",
                file=name,
            )


def _month(files: MonthFiles, name: str, month: Month, contents: Sequence[str]) -> Iterator[str]:
    for content in contents:
        with spooled() as now, files.place.read(f"{content}/{name}.parquet") as kept:
            files.export(content, month, now)
            if kept is not None and not _same(kept, now):
                yield sentence(
                    "{content} of {name} are not what Redis holds.", content=content, name=name
                )


def _same(one: IO[bytes], other: IO[bytes]) -> bool:
    """Row by row, a group at a time, whatever wrote the files."""
    try:
        kept, now = pq.ParquetFile(one), pq.ParquetFile(other)
    except (ValueError, OSError):
        return False
    if kept.num_row_groups != now.num_row_groups:
        return False
    return all(
        kept.read_row_group(number).equals(now.read_row_group(number))
        for number in range(now.num_row_groups)
    )
