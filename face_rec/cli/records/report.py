"""``report``: attendance as a file, for schedulers."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

import config
from face_rec import assembly
from face_rec.attendance.reports.reports import REPORTS, Wanted, make, written
from face_rec.attendance.reports.wording import Wording
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.timesheets import Timesheets
from face_rec.cli.parts.progress import on
from face_rec.domain.errors import AttendanceError
from face_rec.domain.groups import ALL_GROUPS
from face_rec.files import replacing
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.lettering.font import FONT
from face_rec.people.departures import Departures
from face_rec.terminal.parser import day
from face_rec.terminal.words import said, said_many, translator

_SUFFIXES = (".csv", ".xlsx", ".pdf")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    command = commands.add_parser(
        "report",
        help=said("write an attendance report to a file"),
        description=said("Days are those of the site's zone (TIMEZONE), both included."),
    )
    command.add_argument("name", choices=list(REPORTS), help=said("which report"))
    command.add_argument("--from", dest="first", type=day, metavar="DATE", required=True)
    command.add_argument("--to", dest="last", type=day, metavar="DATE", required=True)
    command.add_argument(
        "--group", action="append", default=[], help=said("only this group; may be repeated")
    )
    command.add_argument("--out", type=Path, metavar="FILE", required=True,
                         help=said("FILE.csv, FILE.xlsx or FILE.pdf"))  # fmt: skip
    command.add_argument(
        "--font",
        type=Path,
        metavar="FILE",
        default=FONT,
        help=said("TrueType font for PDF, for names in other scripts"),
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file and say so."""
    if options.out.suffix.lower() not in _SUFFIXES:
        raise AttendanceError(
            sentence("--out {file}: end it in .csv, .xlsx or .pdf.", file=options.out)
        )
    if not options.font.is_file():
        raise AttendanceError(
            sentence(
                "--font {file}: there is no such file. Name a TrueType font, or leave --font out.",
                file=options.font,
            )
        )
    filters = Filters(ALL_GROUPS.narrowed(options.group))
    wanted = Wanted(options.name, options.first, options.last, filters)
    with assembly.build_reports(config.load()) as (service, departures):
        rows = write(service.timesheets, wanted, options.out, departures, options.font)
    print(said_many("{file}: {count} row", "{file}: {count} rows", rows, file=options.out))
    return 0


def write(
    timesheets: Timesheets, wanted: Wanted, out: Path, departures: Departures, font: Path = FONT
) -> int:
    """Make the report and put it at ``out``, whole or not at all; returns its
    number of rows. Whom the umask of who runs it lets may read the file, for a scheduler makes it
    for others. Raises AttendanceError for a group that nobody is in, and PeopleError where
    somebody was erased meanwhile."""
    begun = departures.now()
    known = {person.group for person in timesheets.people()}
    unknown = sorted(wanted.filters.groups.named - known)
    if unknown:
        there = ", ".join(sorted(group for group in known if group)) or msgid("none")
        raise AttendanceError(
            sentence(
                "Nobody is in group {group}. Groups: {groups}.",
                group=repr(unknown[0]),
                groups=there,
            )
        )
    with tqdm(total=0, file=sys.stderr, desc=wanted.name, disable=None) as bar:
        report = make(timesheets, wanted, on(bar))
        wording = Wording(translator())
        data = written(report, out.suffix.lower(), on(bar), font, wording=wording)
    departures.check(begun, wanted.filters.groups)
    try:
        with replacing(out, private=False) as file:
            file.write(data)
    except OSError as error:
        raise AttendanceError(
            sentence(
                "{file} cannot be written ({reason}). Name another file.",
                file=out,
                reason=error.strerror or str(error),
            )
        ) from error
    return len(report.frame)
