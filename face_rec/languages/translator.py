"""What is said, in one language: texts of its catalogue, plural forms, and how it writes dates,
times and numbers."""

import re
import threading
from collections.abc import Iterable, Mapping
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel import dates
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from face_rec.languages.formats import Formats
from face_rec.languages.language import Language, language_of
from face_rec.languages.sentence import Figure, Moment, ReadAgain, Sentence, Stored, key

CATALOGUES: Final = Path(__file__).parent / "catalogues"
"""A folder for each language, in it a file for each domain: ``de/kiosk.po``."""
CATEGORIES: Final[tuple[str, ...]] = ("zero", "one", "two", "few", "many", "other")
"""Of numbers (CLDR, "Plural Operand Meanings"), in the order of a catalogue's plural forms."""
_ISOLATED: Final = "\u2068{}\u2069"
"""FIRST STRONG ISOLATE (Unicode UAX 9, section 2.4.2): a Latin name or a number does not turn the
words around it about."""
_FRENCH: Final = re.compile(r" (?=[:;?!»](?:[\s*)\]]|$))|(?<=«) ")
"""Where French has a space that ends no line: before these signs, and within its quotation marks.
A colon that something follows at once is no sign: ``:material/add:``."""
_SCRIPT: Final = ".js"
_MARKS: Final = str.maketrans("", "", "\u200e\u200f")
"""LEFT-TO-RIGHT MARK and RIGHT-TO-LEFT MARK, which some texts have around codes."""

Forms = Mapping[str, str]
"""A text by the category of its number."""


class Translator:
    """Says things in one language. What its catalogue lacks is said in English, in which all
    texts are written. Safe to call from any thread.

    A text's ``{name}`` is replaced by the value of that name; numbers are given as texts.
    """

    def __init__(self, language: Language, *catalogues: Catalog, marks: bool = True) -> None:
        """``marks``: whether values stand between marks of direction where the language runs from
        the right: a terminal shows these as boxes, and what is copied from it has them."""
        self.language = language
        self.formats = Formats(language)
        self._locale = language.formats
        self._texts: dict[str, str] = {}
        self._forms: dict[str, Forms] = {}
        self._script: dict[str, str | Forms] = {}
        for catalogue in catalogues:
            self._learn(catalogue, {} if marks else _MARKS)
        self._again = ReadAgain(
            (str(one.id), "") if isinstance(one.id, str) else (one.id[0], one.id[-1])
            for catalogue in catalogues
            for one in catalogue
            if one.id
        )
        self._rtl = marks and language.direction == "rtl"
        self.day = lru_cache(2)(self._day)
        self.time = lru_cache(1440)(self._time)

    def _learn(self, catalogue: Catalog, without: Mapping[int, int | None]) -> None:
        tags = {*self._locale.plural_form.tags, "other"}
        kinds = [kind for kind in CATEGORIES if kind in tags]
        for entry in catalogue:
            if not entry.id or not entry.string or entry.fuzzy:
                continue
            if isinstance(entry.id, str):
                known, said = entry.id, self._set(str(entry.string).translate(without))
                self._texts[key(known, entry.context)] = said
                self._script |= {known: said} if _spoken_by_script(entry.locations) else {}
            else:
                texts = [self._set(one.translate(without)) for one in entry.string]
                known, forms = entry.id[0], dict(zip(kinds, texts, strict=False))
                self._forms[known] = forms
                self._script |= {known: forms} if _spoken_by_script(entry.locations) else {}

    def _set(self, text: str) -> str:
        """``text`` with the spaces of its language."""
        return _FRENCH.sub("\u00a0", text) if self._locale.language == "fr" else text

    def gettext(self, message: str, /, **values: object) -> str:
        """The text for its English one, which may have a context (``pgettext``)."""
        known = message.key if isinstance(message, Sentence) else message
        return self._filled(self._texts.get(known) or str(message), values)

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The text that goes with ``number``; its ``{count}`` is the number."""
        kind = self._locale.plural_form(number)
        known = self._forms.get(one)
        if known is None:
            said = one if number == 1 else many
        else:  # of whole numbers the last form is the rest
            said = known.get(kind) or list(known.values())[-1]
        return self._filled(said, {"count": self.number(number), **values})

    def said(self, text: str) -> str:
        """A text as it was made elsewhere, in this language: a :class:`Sentence`, or one that was
        marked with ``msgid``. What no catalogue has stays as it is."""
        if not isinstance(text, Sentence):
            return self._texts.get(text, text)
        values = {name: self._value(one) for name, one in text.values.items()}
        if text.many:
            return self.ngettext(text.template, text.many, text.number, **values)
        return self._filled(self._texts.get(text.key, text.template), values)

    def _value(self, one: object) -> object:
        if isinstance(one, Moment):
            known = self.formats
            return f"{known.weekday(one.at)} {known.clock(one.at, seconds=one.seconds)}{one.after}"
        if isinstance(one, Figure):
            return self.formats.number(one.number, one.digits)
        if isinstance(one, date):
            return self.formats.numbers_only(one)
        if isinstance(one, Stored):
            return self.said(self._again.read(one.text))
        return self.said(one) if isinstance(one, str) else one

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        if not values:
            return text
        shown = map(self.isolated, values.values())
        return text.format(**dict(zip(values, shown, strict=True)))

    def isolated(self, value: object) -> object:
        """``value`` so that its direction ends with it, where the language runs from the right."""
        return _ISOLATED.format(value) if self._rtl else value

    def number(self, number: float) -> str:
        """With the language's separators, in Latin digits: IDs and PINs are typed in them."""
        return self.formats.number(number)

    def _day(self, day: date) -> str:
        """In full, for a wall: "Donnerstag, 26. November 2026"."""
        return dates.format_date(day, "full", locale=self._locale)

    def _time(self, hour: int, minute: int) -> str:
        """Of a local clock, in 12 or 24 hours as the language has it."""
        return dates.format_time(time(hour, minute), "short", locale=self._locale)

    def month(self, day: date) -> str:
        """The month of a day: "November 2026"."""
        return dates.format_skeleton("yMMMM", day, locale=self._locale)

    def weekdays(self) -> list[tuple[int, str]]:
        """The days of a week, Monday being 0, with their short names, from the day on which weeks
        begin where the language is at home."""
        names = self._locale.days["stand-alone"]["abbreviated"]
        begin = self._locale.first_week_day
        return [(number % 7, names[number % 7]) for number in range(begin, begin + 7)]

    def words(self) -> dict[str, Any]:
        """For a page's script (``Words`` in page_parts.js): what it says, by the English text."""
        return {
            "language": self.language.code,
            "direction": self.language.direction,
            "locale": self.language.locale.replace("_", "-"),
            "texts": self._script,
        }


def _spoken_by_script(locations: Iterable[tuple[str, int | None]]) -> bool:
    return any(file.endswith(_SCRIPT) for file, _ in locations)


ENGLISH: Final = Translator(language_of(""))
"""Texts as they are written."""


class Translators:
    """One for each language, read when it is first asked for. Safe to call from any thread."""

    def __init__(self, folder: Path = CATALOGUES, *, marks: bool = True) -> None:
        """``marks``: see :class:`Translator`."""
        self._folder = folder
        self._marks = marks
        self._lock = threading.Lock()
        self._known: dict[str, Translator] = {}

    def of(self, code: str) -> Translator:
        """By the language's code; English for an unknown one. The first time some ten
        milliseconds."""
        language = language_of(code)
        found = self._known.get(language.code)
        if found is None:
            with self._lock:
                found = self._known.setdefault(language.code, self._read(language))
        return found

    def _read(self, language: Language) -> Translator:
        files = (
            sorted((self._folder / language.catalogue).glob("*.po")) if language.catalogue else ()
        )
        return Translator(language, *map(read_catalogue, files), marks=self._marks)


def read_catalogue(file: Path) -> Catalog:
    """A ``.po`` or ``.pot`` file."""
    with file.open("rb") as opened:
        return read_po(opened, locale=None, charset="utf-8")
