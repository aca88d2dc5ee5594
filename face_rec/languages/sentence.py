"""Texts that are English, and know what they were made of: so that whoever shows one to a person
can say it in their language, while logs, files and programs read it as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
