"""A report in the words of one reader; what programs read (CSV) is English."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

import numpy as np

from face_rec.attendance.reports.report import About, Clock, Kind, Remarks, Report
from face_rec.attendance.terms.duration import h_mm
from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.lettering.lettering import MISSING

NONE: Final = msgid("(none)")
BY_HAND: Final = msgid("(by hand)")
_OURS: Final = frozenset({NONE, BY_HAND})
"""What stands where somebody's own word is missing."""


class Wording:
    """Of one language. Safe to call from any thread."""

    def __init__(self, words: Translator = ENGLISH) -> None:
        self.words = words
        self._day = lru_cache(400)(words.formats.numbers_only)

    def title(self, report: Report) -> str:
        return self.words.said(report.title)

    def legend(self, report: Report) -> str:
        return self.words.said(report.legend)

    def heading(self, report: Report, name: str) -> str:
        """What a column is called: ``07 Mo`` of a day."""
        if name in report.days:
            day = report.days[name]
            return f"{day:%d} {self.words.formats.short_weekday(day)}"
        return name if name in report.typed - _OURS else self.words.said(name)

    def headings(self, report: Report) -> Mapping[str, str]:
        """By the names of the columns."""
        return {name: self.heading(report, name) for name in report.kinds}

    def about(self, about: About) -> tuple[str, ...]:
        """What every file says at its head."""
        words, day = self.words, self.words.formats.numbers_only
        first, last = day(about.first), day(about.last)
        period = first
        if about.last != about.first:
            period = words.gettext("{first} to {last}", first=first, last=last)
        return (
            words.gettext("Period: {period}", period=period),
            words.gettext("Filters: {filters}", filters=words.said(about.filters)),
            words.gettext("Time zone: {zone}", zone=about.zone),
            words.gettext("Made: {at}", at=self._moment(about.made_at)),
        )

    def foot(self, page: int, pages: int, *, lacking: bool) -> str:
        """What stands below a page; ``lacking``: whether something could not be written."""
        words = self.words
        number = words.gettext("Page {page} of {pages}", page=page, pages=pages)
        if not lacking:
            return number
        note = words.gettext(
            "{sign} stands for a character that this font lacks; see the XLSX file.", sign=MISSING
        )
        return f"{note} {number}"

    def cell(self, value: object, kind: Kind) -> str:
        """As it is read; an empty duration is nothing."""
        if isinstance(value, date):
            return self._day(value)
        if isinstance(value, int | float | np.number):
            return _number(float(value), kind)
        return self.text(value, kind)

    def text(self, value: object, kind: Kind) -> str:
        """What is no number and no date. What was typed stays as it is, but for what stands where
        nothing was."""
        if isinstance(value, Remarks):
            return "; ".join(self._remarks(value))
        if isinstance(value, Clock):
            return self.clock(value)
        text = str(value)
        return self.words.said(text) if kind is Kind.WORDS or text in _OURS else text

    def clock(self, one: Clock) -> str:
        """``06:02``, or ``06:02 (+1)``."""
        shown = self.words.time(one.at.hour, one.at.minute)
        return f"{shown} ({one.away:+d})" if one.away else shown

    def _remarks(self, one: Remarks) -> list[str]:
        note = [one.note] if one.note else []
        return [*note, *map(self.words.said, one.parts()[len(note) :])]

    def _moment(self, at: datetime) -> str:
        known = self.words.formats
        return f"{known.numbers_only(at)} {known.clock(at, seconds=True)}"


IN_ENGLISH: Final = Wording()


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.DURATION:
        return h_mm(value)
    return f"{value:.1f}" if kind is Kind.PERCENT else f"{value:.0f}"
