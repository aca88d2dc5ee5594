"""Languages: how each is called and written, and how texts are marked that it translates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from face_rec.languages.sentence import sentence

if TYPE_CHECKING:
    from babel import Locale


@dataclass(frozen=True, slots=True)
class Language:
    """``code``: as browsers know it (BCP 47); ``own_name``: as its speakers call it; ``locale``:
    whose dates, times and numbers it writes (CLDR, by Babel's name); ``catalogue``: the folder of
    its texts; empty: English, in which the texts are written."""

    code: str
    own_name: str
    locale: str
    catalogue: str = ""

    @property
    def formats(self) -> "Locale":
        """What CLDR knows of it; Babel reads it once."""
        from babel import Locale  # noqa: PLC0415  a command that speaks English needs no Babel

        return Locale.parse(self.locale)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``, as HTML's ``dir``."""
        return self.formats.text_direction


DEFAULT: Final = "en"
_ALL: Final = (
    Language("en", "English", "en_GB"),  # 24 hours
    Language("en-US", "English (US)", "en_US"),  # 12 hours
    Language("de", "Deutsch", "de_DE", "de"),
    Language("fr", "Français", "fr_FR", "fr"),
    Language("es", "Español", "es_ES", "es"),
    Language("pt", "Português", "pt_BR", "pt"),
    Language("it", "Italiano", "it_IT", "it"),
    Language("pl", "Polski", "pl_PL", "pl"),
    Language("tr", "Türkçe", "tr_TR", "tr"),
    Language("ru", "Русский", "ru_RU", "ru"),
    Language("hi", "हिन्दी", "hi_IN", "hi"),
    Language("zh-Hans", "简体中文", "zh_Hans_CN", "zh_Hans"),
    Language("ar", "العربية", "ar", "ar"),
)
LANGUAGES: Final[Mapping[str, Language]] = {one.code: one for one in _ALL}


RULE: Final = sentence("one of {list}", list=", ".join(LANGUAGES))


def language_of(code: str) -> Language:
    """English for what is no code, such as that of a later version."""
    return LANGUAGES.get(code, LANGUAGES[DEFAULT])


_LONGEST: Final = 500


def accepted(header: str) -> str | None:
    """Of an ``Accept-Language`` (RFC 9110, 12.5.4) the code of the language that is liked best of
    those there are; None where none is. What is written oddly likes nothing."""
    liked = []
    for place, part in enumerate(header[:_LONGEST].split(",")):
        name, _, weight = part.partition(";")
        try:
            worth = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        code = _near(name.strip().lower())
        if code and worth > 0:
            liked.append((-worth, place, code))
    return min(liked)[2] if liked else None


def _near(name: str) -> str | None:
    """``de`` for ``de-at``, ``zh-Hans`` for ``zh-cn``."""
    known = {code.lower(): code for code in LANGUAGES} | {"zh": "zh-Hans"}
    return known.get(name) or known.get(name.partition("-")[0])


def msgid(text: str) -> str:
    """Marks a text that is translated where it is shown, for ``make messages`` to find."""
    return text
