"""``export``: marks or days as a data file, for programs that look at years of them."""

import argparse
import getpass
import sys
from datetime import date
from pathlib import Path
from typing import IO

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.access.audit.actor import Actor
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.attendance.exports.data_file import SUFFIXES
from face_rec.attendance.exports.export import Asked, Exporter
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.errors import AttendanceError
from face_rec.domain.groups import ALL_GROUPS
from face_rec.files import replacing
from face_rec.languages.sentence import sentence
from face_rec.terminal.parser import day
from face_rec.terminal.words import said, said_many


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "export",
        help=said("write all marks or days to a Parquet or CSV file"),
        description=said(
            "Days are those of the site's zone (TIMEZONE), both included; what is still "
            "to come is left out. The file is written month by month, belongs to you alone, and "
            "stands in the audit log. docs/data-files.md says what each column is."
        ),
    )
    command.add_argument("name", choices=["marks", "days"], help=said("which rows"))
    command.add_argument("--from", dest="first", type=day, metavar="DATE", required=True)
    command.add_argument("--to", dest="last", type=day, metavar="DATE", required=True)
    command.add_argument(
        "--group", action="append", default=[], help=said("only this group; may be repeated")
    )
    command.add_argument("--out", type=Path, metavar="FILE", required=True,
                         help=said("FILE.parquet or FILE.csv"))  # fmt: skip
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file, whole or not at all, and say so."""
    out: Path = options.out
    if out.suffix.lower() not in SUFFIXES:
        raise AttendanceError(sentence("--out {file}: end it in .parquet or .csv.", file=out))
    filters = Filters(ALL_GROUPS.narrowed(options.group))
    with assembly.build_export(config.load()) as (exporter, audit, departures):
        begun = departures.now()
        asked = exporter.within_reason(options.name, options.first, options.last, filters)
        try:
            with replacing(out) as file:
                rows = _written(exporter, asked, out.suffix.lower(), file)
                departures.check(begun, filters.groups)
                _note(audit, asked, out, file)
        except OSError as error:
            raise AttendanceError(
                sentence(
                    "{file} cannot be written ({reason}). Name another file.",
                    file=out,
                    reason=error.strerror,
                )
            ) from error
    print(
        said_many(
            "{file}: {count} row, {first} to {last}", "{file}: {count} rows, {first} to {last}",
            rows, file=out, first=asked.first, last=asked.last,
        )
    )  # fmt: skip
    return 0


def _written(exporter: Exporter, asked: Asked, suffix: str, file: IO[bytes]) -> int:
    days = (asked.last - asked.first).days + 1
    unit = f" {said('days')}"
    with tqdm(total=days, file=sys.stderr, desc=asked.name, unit=unit, disable=None) as bar:

        def day_done(over: date) -> None:
            bar.update((over - asked.first).days + 1 - bar.n)

        return exporter.write(asked, suffix, file, day_done)


def _note(audit: AuditLog, asked: Asked, out: Path, file: IO[bytes]) -> None:
    """What left the app, before it is there to be taken."""
    what = f"{asked.name} {asked.first} to {asked.last}"
    about = {"file": out.name, "bytes": file.tell(), "people": str(asked.filters.describe())}
    audit.record(Action.EXPORTED, what, after=about, actor=Actor(getpass.getuser(), "command"))
