"""What is said at the terminal of this process, in the one language that it speaks.

English needs no catalogue: nothing is read then, and what comes out is what stands in the sources.
As on pages, a text is given whole, so that ``make messages`` finds it::

    said("There is no account {name}.", name=name)
    said_many("{count} person", "{count} people", number)

What a program reads (JSON, CSV, exit statuses, logs) is said without it.
"""

import codecs
from typing import IO, TYPE_CHECKING

from face_rec.languages.language import LANGUAGES, accepted, language_of
from face_rec.languages.sentence import Sentence, sentence_many

if TYPE_CHECKING:
    from face_rec.languages.translator import Translator

_spoken: "list[Translator]" = []
"""The one translator, or none for English."""


def speak(*wanted: str, on: IO[str] | None = None) -> None:
    """From now on the first language of ``wanted`` that there is. ``on``: the stream that shall
    show it; where it has no signs for the language, English is spoken. Call it once, before
    anything is said."""
    code = next(filter(None, map(accepted, wanted)), "")
    language = language_of(code)
    _spoken.clear()
    if language.catalogue and _shows(on, language.own_name):
        from face_rec.languages.translator import Translators  # noqa: PLC0415  reads Babel

        _spoken.append(Translators(marks=False).of(code))


def _shows(stream: IO[str] | None, text: str) -> bool:
    try:
        codecs.encode(text, getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def forgiving(*streams: IO[str]) -> None:
    """A sign that a stream cannot write becomes a question mark, where the command would end with
    a traceback."""
    for stream in streams:
        if getattr(stream, "errors", "") == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def translator() -> "Translator":
    """For whoever writes a file for the person at the terminal."""
    from face_rec.languages.translator import ENGLISH  # noqa: PLC0415  reads Babel

    return _spoken[0] if _spoken else ENGLISH


def code() -> str:
    """Of the language that is spoken, English included."""
    return _spoken[0].language.code if _spoken else next(iter(LANGUAGES))


def said(text: str, /, **values: object) -> str:
    """``text`` with its ``{name}`` replaced. Values are shown as they are: numbers by
    :func:`figure`, marked texts by :func:`in_words`."""
    if _spoken:
        return _spoken[0].gettext(text, **values)
    return text.format(**values) if values else text


def said_many(one: str, many: str, number: int, /, **values: object) -> str:
    """The text that goes with ``number``; its ``{count}`` is the number."""
    if _spoken:
        return _spoken[0].ngettext(one, many, number, **values)
    return str(sentence_many(one, many, number, **values))


def in_words(text: str) -> str:
    """A text that was made elsewhere: marked with ``msgid``, or a ``Sentence``."""
    if _spoken:
        return _spoken[0].said(text)
    return str(text) if isinstance(text, Sentence) else text


def figure(number: float, digits: int = 0) -> str:
    """With the language's separators, and so many digits behind the decimal sign."""
    if _spoken:
        return _spoken[0].formats.number(number, digits)
    return f"{number:,.{digits}f}"


def share(part: float, digits: int = 0) -> str:
    """A share of 1, in hundredths."""
    return _spoken[0].formats.percent(part, digits) if _spoken else f"{part:.{digits}%}"
