"""Every report by name, from the timesheets to a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from face_rec.attendance.days.day_record import Table
from face_rec.attendance.reports.report import About, Report
from face_rec.attendance.reports.report_tables import (
    absences,
    groups,
    late_list,
    muster,
    register,
    summary,
)
from face_rec.attendance.reports.spreadsheets import csv_file, xlsx_file
from face_rec.attendance.reports.wording import IN_ENGLISH, Wording
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.errors import AttendanceError
from face_rec.languages.sentence import sentence
from face_rec.lettering.font import FONT
from face_rec.protocols.models import Progress

REPORTS: Final[dict[str, Callable[[Table, About], Report]]] = {
    "daily": register,
    "muster": muster,
    "summary": summary,
    "late": late_list,
    "absences": absences,
    "groups": groups,
}
LONGEST: Final = {"muster": 62}
"""Days that fit a report; the others take up to :data:`MOST_DAYS`."""
MOST_DAYS: Final = 1100
LONG: Final = {".csv": 600_000, ".xlsx": 60_000, ".pdf": 60_000}
"""Cells from which a file takes longer than somebody likes to look at a button."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report, of which local days (both included), about whom."""

    name: str
    first: date
    last: date
    filters: Filters


def make(timesheets: Timesheets, wanted: Wanted, progress: Progress | None = None) -> Report:
    """The report; raises AttendanceError for what makes no sense."""
    _check(wanted)
    table = timesheets.table(wanted.first, wanted.last, wanted.filters, progress)
    about = About(
        wanted.first, wanted.last, wanted.filters.describe(), timesheets.zone.key, timesheets.now()
    )
    if wanted.name == "daily":
        return register(table, about, wanted.filters)
    return REPORTS[wanted.name](table, about)


def written(
    report: Report,
    suffix: str,
    progress: Progress | None = None,
    font: Path = FONT,
    *,
    wording: Wording = IN_ENGLISH,
) -> bytes:
    """The report as a file of the kind that ``suffix`` (.csv, .xlsx, .pdf) names, for a reader of
    ``wording`` but in CSV; raises AttendanceError for another one."""
    if suffix == ".csv":
        return csv_file(report, progress)
    if suffix == ".xlsx":
        return xlsx_file(report, progress, wording)
    if suffix == ".pdf":
        from face_rec.attendance.reports.pdf_file import pdf_file

        return pdf_file(report, progress, font, wording)
    raise AttendanceError(
        sentence(
            "A report cannot be written as {suffix}. Use .csv, .xlsx or .pdf.",
            suffix=repr(suffix),
        )
    )


def _check(wanted: Wanted) -> None:
    days = (wanted.last - wanted.first).days + 1
    most = LONGEST.get(wanted.name, MOST_DAYS)
    if wanted.name not in REPORTS:
        raise AttendanceError(
            sentence(
                "There is no report {name}. Try {list}.",
                name=repr(wanted.name),
                list=", ".join(REPORTS),
            )
        )
    if days < 1:
        raise AttendanceError(
            sentence(
                "{last} lies before {first}. Swap the two dates.",
                last=wanted.last,
                first=wanted.first,
            )
        )
    if days > most:
        raise AttendanceError(
            sentence(
                "{days} days are too many for this report: ask for at most {most} at a time.",
                days=days,
                most=most,
            )
        )
