"""Texts that are English, and know what they were made of: so that whoever shows one to a person
can say it in their language, while logs, files and programs read it as it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Self

_NONE: Final[Mapping[str, object]] = {}


class Sentence(str):
    """A text with its ``{name}`` replaced; for everybody else an English ``str``.

    ``template``: as it is translated; ``many``: its plural, which goes with ``number``;
    ``values``: what is put into it, of which sentences are translated themselves; ``context``:
    which of its meanings an English text has. ``str(one)`` is plain English and has lost them, as
    has anything that one is joined into.
    """

    __slots__ = ("context", "many", "number", "template", "values")
    context: str
    template: str
    many: str
    number: int
    values: Mapping[str, object]

    def __new__(
        cls,
        template: str,
        values: Mapping[str, object] = _NONE,
        many: str = "",
        number: int = 1,
        context: str = "",
    ) -> Self:
        chosen = many if many and number != 1 else template
        counted = {"count": f"{number:,}"} if many else {}
        filled = chosen.format(**counted, **values) if counted or values else chosen
        made = super().__new__(cls, filled)
        made.template, made.values, made.many, made.number = template, values, many, number
        made.context = context
        return made

    @property
    def key(self) -> str:
        """By which a catalogue knows it."""
        return key(self.template, self.context)


def key(text: str, context: str | None) -> str:
    """By which a text is known: as in gettext's own files, U+0004 ends its context."""
    return f"{context}\x04{text}" if context else text


def sentence(template: str, /, **values: object) -> Sentence:
    """``sentence("There is no account {name}.", name=name)``: a text to be shown to a person, for
    errors and whatever else is made where nobody knows who will read it."""
    return Sentence(template, values)


def pgettext(context: str, text: str) -> Sentence:
    """``pgettext("weekday", "On")``: a text that in English stands for several things, which other
    languages call by different words. ``context`` tells a translator which one is meant."""
    return Sentence(text, context=context)


def sentence_many(one: str, many: str, number: int, /, **values: object) -> Sentence:
    """The text that goes with ``number``; its ``{count}`` is the number."""
    return Sentence(one, values, many, number)


def listed(parts: Iterable[str], between: str = ", ") -> Sentence:
    """``dark, blurred``: each is translated by itself; ``between`` stands as it is."""
    values = {
        f"part{number}": part if isinstance(part, Sentence) else Sentence(part)
        for number, part in enumerate(parts)
    }
    return Sentence(between.join(f"{{{name}}}" for name in values), values)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a value of a sentence, with so many digits behind the decimal sign."""

    number: float
    digits: int = 0

    def __str__(self) -> str:
        return f"{self.number:,.{self.digits}f}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, as a value of a sentence: it stays as it is, also where it reads like a
    text of ours."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Stored:
    """A text of ours that was kept or sent as plain English, as a value of a sentence: a
    translator finds again what it was made of."""

    text: str

    def __str__(self) -> str:
        return self.text


def stored(text: str) -> Sentence:
    """A text of ours as it was kept, to be said in the language of whoever reads it."""
    return text if isinstance(text, Sentence) else Sentence("{text}", {"text": Stored(text)})


@dataclass(frozen=True, slots=True)
class Moment:
    """A local time as a value of a sentence: "Mon 08:05", and as each language writes it.
    ``after`` stands behind it, such as the offset of a time that comes twice."""

    at: datetime
    seconds: bool = False
    after: str = ""

    def __str__(self) -> str:
        shown = f"{self.at:%a %H:%M:%S}" if self.seconds else f"{self.at:%a %H:%M}"
        return shown + self.after


# --- English texts that were kept or sent as they stood, read again

_VALUE: Final = re.compile(r"\\\{(\w+)\\\}")
_FEWEST: Final = 12
"""Letters of its own that a text must have to be known by: "{name} ({id})" would fit anything."""
_ENDS: Final = re.compile(r"(?<=[.!?:]) ")
_MOST_ENDS: Final = 12
"""What has more sentences, and parts of them, is left as it stands: each might belong to a value
of the one before it, in too many ways to try."""


class ReadAgain:
    """What such a text was made of, so that whoever reads of it does so in their language. Of a
    text without a number ``many`` is "". Safe from any thread."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts = tuple(texts)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(one for one, many in self._texts if not many and "{" not in one)

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str], str, str]]:
        """The longest piece that each has for itself, how it reads, and what it is; those that
        say most come first."""
        found: list[tuple[list[str], re.Pattern[str], str, str]] = []
        for one, many in self._texts:
            for shown in filter(None, (one, many)):
                own = re.split(r"\{\w+\}", shown)
                if "{" in shown and sum(map(len, own)) >= _FEWEST:
                    found.append((own, _pattern(shown), one, many))
        found.sort(key=lambda each: -sum(map(len, each[0])))
        return [(max(own, key=len), pattern, one, many) for own, pattern, one, many in found]

    def read(self, text: str) -> str:
        """A sentence for ``text``, or for those of its parts that are known."""
        ends = [(one.start(), one.end()) for one in _ENDS.finditer(text)]
        if len(ends) > _MOST_ENDS:
            return text
        if (parts := self._parts(text, set())) is not None:
            return parts
        for end, begin in ends:
            if (first := self._whole(text[:end])) is not None:
                return listed([first, self.read(text[begin:])], " ")
        for end, begin in ends:
            if (last := self._whole(text[begin:])) is not None:
                return listed([text[:end], last], " ")
        return text

    def _parts(self, text: str, vain: set[str]) -> str | None:
        """As the fewest words each, so that no value swallows the sentence behind it; None where
        some of it is not known. ``vain``: ends that were tried, of which there are few, and ways
        that lead to them, of which there are not."""
        if text in vain:
            return None
        for place in _ENDS.finditer(text):
            first = self._whole(text[: place.start()])
            if first is not None and (rest := self._parts(text[place.end() :], vain)) is not None:
                return listed([first, rest], " ")
        if (whole := self._whole(text)) is None:
            vain.add(text)
        return whole

    def _whole(self, text: str) -> str | None:
        if text in self._known:
            return text
        return next(self._fitting(text), None)

    def _fitting(self, text: str) -> Iterator[Sentence]:
        for own, pattern, one, many in self._patterns:
            if own in text and (found := pattern.fullmatch(text)):
                values: dict[str, object] = {
                    name: self.read(value) for name, value in found.groupdict().items()
                }
                number = _number(values.pop("count", "1")) if many else 1
                yield Sentence(one, values, many, number)


def _pattern(shown: str) -> re.Pattern[str]:
    """A value stands for a line or several, never for nothing; of one name it is the same."""
    names: set[str] = set()

    def group(found: re.Match[str]) -> str:
        known, name = found[1] in names, found[1]
        names.add(name)
        return f"(?P={name})" if known else f"(?P<{name}>.+?)"

    return re.compile(_VALUE.sub(group, re.escape(shown)), re.DOTALL)


def _number(count: object) -> int:
    digits = re.sub(r"\D", "", str(count))
    return int(digits) if digits else 1
