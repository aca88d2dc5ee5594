"""How a language writes dates, times, numbers and durations, and when its weeks begin: the one
home of it for pages, messages and printed files. What programs read (CSV, XLSX, API) is ISO."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final

from babel import Locale, dates, lists, numbers, units

from face_rec.languages.language import DEFAULT, Language

_PARTS: Final = {"d": "DD", "M": "MM", "y": "YYYY"}
_SIGNS: Final = "/.-"
_UNITS: Final = ("", "kilo", "mega", "giga")


class Formats:
    """Of one language. Digits are Latin everywhere, as IDs are. Safe to call from any thread."""

    def __init__(self, language: Language) -> None:
        self._locale: Locale = language.formats
        self._plain = language.code == DEFAULT  # "2 Sep", where CLDR has "2 Sept"

    def number(self, number: float, digits: int | None = None) -> str:
        """With the language's separators: ``12,345`` or ``12.345``. ``digits``: so many behind the
        decimal sign, always."""
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        return numbers.format_decimal(
            number, pattern, locale=self._locale, numbering_system="latn"
        )

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of 1, in hundredths: ``93%``, or as the language has it: ``93 %``, ``%93``."""
        pattern = str(self._locale.percent_formats[None].pattern)
        if digits:
            pattern = pattern.replace("#,##0", "#,##0." + "0" * digits)
        return numbers.format_percent(share, pattern, locale=self._locale, numbering_system="latn")

    def listed(self, parts: Iterable[str]) -> str:
        """``a, b and c``, as the language joins them."""
        known = list(parts)
        if self._plain and known:
            return " and ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        return lists.format_list(known, locale=self._locale)

    def day(self, day: date) -> str:
        """``2 Mar 2026``, in the language's order."""
        if self._plain:
            return f"{day.day} {day:%b %Y}"
        return dates.format_skeleton("yMMMd", day, locale=self._locale)

    def numbers_only(self, day: date) -> str:
        """``2026-03-02``, or as the language has it in numbers: ``02.03.2026``."""
        if self._plain:
            return f"{day:%Y-%m-%d}"
        # Of digits and signs alone it needs no marks of direction, which tables draw amiss.
        return dates.format_skeleton("yMMdd", day, locale=self._locale).replace("\u200f", "")

    def day_of_year(self, day: date) -> str:
        """``2 Mar``, where the year is known."""
        if self._plain:
            return f"{day.day} {day:%b}"
        return dates.format_skeleton("MMMd", day, locale=self._locale)

    def span(self, first: date, last: date) -> str:
        """``23 – 29 Nov 2026``: what both days share is said once."""
        if not self._plain:
            return str(dates.format_interval(first, last, "yMMMd", locale=self._locale))
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} – {self.day(last)}"
        begins = self.day_of_year(first) if first.year == last.year else self.day(first)
        return f"{begins} – {self.day(last)}"

    def month(self, day: date) -> str:
        """``Mar 2026``."""
        if self._plain:
            return f"{day:%b %Y}"
        return dates.format_skeleton("yMMM", day, locale=self._locale)

    def long_day(self, day: date) -> str:
        """``Thursday 26 November 2026``."""
        if self._plain:
            return f"{day:%A} {day.day} {day:%B %Y}"
        return dates.format_date(day, "full", locale=self._locale)

    def weekday(self, day: date) -> str:
        """``Thu``."""
        return str(self._locale.days["stand-alone"]["abbreviated"][day.weekday()])

    def short_weekday(self, day: date) -> str:
        """``Th``: as short as can be told apart."""
        return str(self._locale.days["stand-alone"]["short"][day.weekday()]).rstrip(".")

    def weekday_names(self) -> list[str]:
        """From Monday on, in short."""
        names = self._locale.days["stand-alone"]["abbreviated"]
        return [str(names[number]) for number in range(7)]

    def months(self) -> list[str]:
        """From January on, in short."""
        if self._plain:
            return [f"{date(2026, number, 1):%b}" for number in range(1, 13)]
        names = self._locale.months["stand-alone"]["abbreviated"]
        return [str(names[number]) for number in range(1, 13)]

    def clock(self, at: datetime, *, seconds: bool = False) -> str:
        """A local time in 12 or 24 hours, as the language has it: ``08:05``."""
        return self.time(at.time(), seconds=seconds)

    def time(self, at: time, *, seconds: bool = False) -> str:
        """The same of a time of no day."""
        width = "medium" if seconds else "short"
        return dates.format_time(at, width, locale=self._locale)

    def hour(self, at: datetime) -> str:
        """A full hour, briefly: ``08:00``, or ``8 am`` where the language counts twelve."""
        twelve = "a" in self._locale.time_formats["short"].pattern
        return dates.format_skeleton("h", at, locale=self._locale) if twelve else self.clock(at)

    def day_and_time(self, at: datetime) -> str:
        """``2 Mar 2026, 14:05`` of a local time."""
        return f"{self.day(at)}, {self.clock(at)}"

    def hours(self, seconds: float, *, decimal: bool = False) -> str:
        """A duration in hours: ``7:30``, or ``7.50`` with the language's decimal sign."""
        if decimal:
            return self.number(seconds / 3600, 2)
        minutes = int(seconds) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"

    def size(self, amount: int) -> str:
        """Bytes as people read them: ``16.1 MB``, or as the language has it: ``16,1 Mo``."""
        power = min((len(str(amount)) - 1) // 3, len(_UNITS) - 1)
        pattern = "#,##0.0" if power else "#,##0"
        unit = "digital-byte" if power == 0 else f"digital-{_UNITS[power]}byte"
        return units.format_unit(
            amount / 1000**power, unit, "short" if power else "long", pattern, self._locale,
            numbering_system="latn",
        )  # fmt: skip

    @property
    def sheet_pattern(self) -> str:
        """Its numbers-only date as a spreadsheet takes it: ``yyyy-mm-dd``, ``dd.mm.yyyy``."""
        return "yyyy-mm-dd" if self._plain else self.date_pattern.lower()

    @property
    def date_pattern(self) -> str:
        """Its numbers-only date as a calendar's field takes it: ``DD/MM/YYYY``, ``YYYY/MM/DD``;
        a field knows three orders and three signs between them."""
        if self._plain:
            return "YYYY/MM/DD"
        pattern = self._locale.date_formats["short"].pattern
        order = "".join(dict.fromkeys(sign for sign in pattern if sign in _PARTS))
        between = next((sign for sign in pattern if sign in _SIGNS), "/")
        known = order if order in {"dMy", "Mdy", "yMd"} else "yMd"
        return between.join(_PARTS[part] for part in known)
