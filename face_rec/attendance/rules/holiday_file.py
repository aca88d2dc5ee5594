"""Holidays from a file: CSV (date, name, groups) or iCalendar.

All or nothing: a file with one line that makes no sense imports nothing, and every such line is
named.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from face_rec.attendance.rules.calendar import Holiday
from face_rec.domain.errors import RuleRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_MOST_BYTES: Final = 1_000_000
_MOST_DAYS: Final = 31  # a longer "holiday" is a mistake in the file
_MOST_HOLIDAYS: Final = 5_000  # a hundred years of fifty, or a hundred groups with their own
_MOST_TEXT: Final = f"{_MOST_HOLIDAYS:,}"
_LONGEST_NAME: Final = 200
_FORMATS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d")
_MOST_PROBLEMS: Final = 20


_Row = tuple[int, date | str, str, frozenset[str]]
"""(line, day or the text that is none, name, groups)"""


def read_holidays(data: bytes, groups: Iterable[str] = ()) -> list[Holiday]:
    """The holidays of a file, for ``groups`` where the file names none.

    CSV has a heading line with ``date`` and ``name`` and perhaps ``groups``
    (separated by semicolons); dates as 2025-12-31, 31.12.2025 or 31/12/2025.
    Importing the same file twice changes nothing, because a holiday's id comes
    from its day and name. Raises RuleRefused.
    """
    if len(data) > _MOST_BYTES:
        raise RuleRefused((msgid("The file is larger than 1 MB: that is no list of holidays."),))
    text = _text(data)
    rows = _calendar(text) if text.lstrip().startswith("BEGIN:VCALENDAR") else _csv(text)
    found, problems = _holidays(rows, frozenset(groups))
    if problems:
        raise RuleRefused(tuple(problems[:_MOST_PROBLEMS]))
    if not found:
        raise RuleRefused((msgid("The file names no holiday. Choose another file."),))
    return found


def _holidays(rows: Iterable[_Row], groups: frozenset[str]) -> tuple[list[Holiday], list[str]]:
    """What the rows name, and what is wrong with the others. Raises RuleRefused where they are
    too many."""
    found: list[Holiday] = []
    problems: list[str] = []
    for line, day, name, own in rows:
        if len(found) >= _MOST_HOLIDAYS:
            raise RuleRefused(
                (sentence("The file names more than {most} days. Split it.", most=_MOST_TEXT),)
            )
        if isinstance(day, date) and name and len(name) <= _LONGEST_NAME:
            found.append(_holiday(day, name, own or groups))
        else:
            problem = _problem(day, name)
            problems.append(sentence("Line {line}: {problem}", line=line, problem=problem))
    return found, problems


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RuleRefused((msgid("The file is not UTF-8 text. Save it as CSV UTF-8."),)) from None


def _holiday(day: date, name: str, groups: frozenset[str]) -> Holiday:
    whose = "\n".join((name, *sorted(groups)))
    digest = hashlib.sha256(whose.encode()).hexdigest()[:8]
    return Holiday(f"{day}-{digest}", day, name, groups)


def _problem(day: date | str, name: str) -> str:
    if not isinstance(day, date):
        return sentence("{day} is no date. Write it like 2025-12-31.", day=repr(day[:80]))
    if name:
        return sentence(
            "the name has more than {most} characters. Shorten it.", most=_LONGEST_NAME
        )
    return sentence("the holiday has no name.")


def _csv(text: str) -> Iterator[_Row]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        headings = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        if not {"date", "name"} <= headings.keys():
            raise RuleRefused(
                (msgid("The first line must name the columns: date,name[,groups]."),)
            )
        for row in filter(lambda one: any(one.values()), reader):
            cells = {key: str(row[name] or "").strip() for key, name in headings.items()}
            own = frozenset(g.strip() for g in cells.get("groups", "").split(";") if g.strip())
            yield reader.line_num, _day(cells["date"]), cells["name"], own
    except csv.Error as error:
        raise RuleRefused((sentence("The file is no CSV: {error}.", error=error),)) from error


def _day(text: str) -> date | str:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return text


def _calendar(text: str) -> Iterator[_Row]:
    """All-day events of an iCalendar file; DTEND is exclusive (RFC 5545, 3.6.1)."""
    event: dict[str, str] = {}
    for number, line in enumerate(re.sub(r"\r?\n[ \t]", "", text).splitlines(), start=1):
        name, _, value = line.partition(":")
        key = name.split(";")[0].upper()
        if line.strip().upper() == "BEGIN:VEVENT":
            event = {}
        elif line.strip().upper() == "END:VEVENT":
            yield from _event_days(number, event)
        else:
            event[key] = value.strip()


def _event_days(line: int, event: dict[str, str]) -> Iterator[_Row]:
    name = re.sub(r"\\([,;\\])", r"\1", event.get("SUMMARY", ""))
    first = _day(event.get("DTSTART", "")[:8])
    end = _day(event.get("DTEND", "")[:8])
    if not isinstance(first, date):
        yield line, first, name, frozenset()
        return
    days = (end - first).days if isinstance(end, date) else 1
    days = min(days, (date.max - first).days)
    if days > _MOST_DAYS:
        yield line, f"{first} to {end}, {days} days,", name, frozenset()
        return
    for offset in range(max(1, days)):
        yield line, first + timedelta(days=offset), name, frozenset()
