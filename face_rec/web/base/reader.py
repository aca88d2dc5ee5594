"""In which language whoever sent a request reads: the one that their account chose, else their
browser's, else the site's."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from markupsafe import Markup, escape
from starlette.requests import HTTPConnection

from face_rec.access.principal import Principal
from face_rec.languages.language import accepted
from face_rec.languages.sentence import pgettext
from face_rec.languages.translator import ENGLISH, Translator

Words = Callable[[str | None], Translator]
"""What is said in the language of a code; None: in the site's."""
_STATE: Final = "words"
_MADE: Final = frozenset({"problem", "note", "text", "heading"})
"""Values of templates that were made elsewhere: marked texts and sentences."""


def speaks(request: HTTPConnection, words: Words) -> None:
    """Lets routes find what is said; the gate does so before any of them."""
    setattr(request.state, _STATE, words)


def words_of(request: HTTPConnection) -> Translator:
    """Never asks the database."""
    words: Words | None = getattr(request.state, _STATE, None)
    if words is None:
        return ENGLISH
    who: Principal | None = getattr(request.state, "principal", None)
    own = who.language if who is not None else ""
    return words(own or accepted(request.headers.get("accept-language", "")))


def helpers(words: Translator) -> dict[str, object]:
    """What templates say things with."""

    def marked(text: str, /, **values: object) -> Markup:
        """The text with values that may be markup of ours."""
        shown = {name: _apart(words, escape(one)) for name, one in values.items()}
        return escape(words.gettext(text)).format(**shown)

    def day(at: datetime, zone: tzinfo) -> str:
        return words.formats.numbers_only(at.astimezone(zone))

    def stamp(at: datetime, zone: tzinfo) -> str:
        return f"{day(at, zone)} {words.formats.clock(at.astimezone(zone))}"

    def of_context(context: str, text: str) -> str:
        return words.gettext(pgettext(context, text))

    return {
        "language": words.language, "gettext": words.gettext, "pgettext": of_context,
        "marked": marked, "day": day,
        "stamp": stamp, "bold": Markup("<b>{}</b>").format,
        "code": Markup("<code>{}</code>").format,
    }  # fmt: skip


def _apart(words: Translator, value: Markup) -> Markup:
    """So that its direction ends with it; what is added to markup is markup."""
    return "\u2068" + value + "\u2069" if words.language.direction == "rtl" else value


def in_words(words: Translator, values: dict[str, object]) -> dict[str, object]:
    """The values with what was made elsewhere said in this language."""
    return {
        name: words.said(one) if name in _MADE and isinstance(one, str) else one
        for name, one in values.items()
    }
