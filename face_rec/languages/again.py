"""English texts that were kept or sent as they stood, read again: what they were made of, so that
whoever reads of them does so in their language."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from face_rec.languages.sentence import Sentence, listed

_VALUE: Final = re.compile(r"\\\{(\w+)\\\}")
_FEWEST: Final = 12
"""Letters of its own that a text must have to be known by: "{name} ({id})" would fit anything."""
_ENDS: Final = re.compile(r"(?<=[.!?:]) ")


class ReadAgain:
    """Of texts without a number in their plural ``many`` is "". Safe from any thread."""

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
        if (parts := self._parts(text)) is not None:
            return parts
        ends = [(one.start(), one.end()) for one in _ENDS.finditer(text)]
        for end, begin in ends:
            if (first := self._whole(text[:end])) is not None:
                return listed([first, self.read(text[begin:])], " ")
        for end, begin in ends:
            if (last := self._whole(text[begin:])) is not None:
                return listed([text[:end], last], " ")
        return text

    def _parts(self, text: str) -> str | None:
        """As the fewest words each, so that no value swallows the sentence behind it; None where
        some of it is not known."""
        for place in _ENDS.finditer(text):
            first = self._whole(text[: place.start()])
            if first is not None and (rest := self._parts(text[place.end() :])) is not None:
                return listed([first, rest], " ")
        return self._whole(text)

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
