"""What a visitor agrees to, in their language, and by which version it is known afterwards."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from face_rec.languages.translator import Translator
from face_rec.visitors.visit import USUAL, USUAL_VERSION


@dataclass(frozen=True, slots=True)
class Agreement:
    text: str
    version: str
    language: str


class VisitorTexts:
    """``own``: the site's text, "" where it has none; the usual one is said in each language.
    ``days``: see :meth:`~face_rec.visitors.visit.Visit.erased_at`."""

    def __init__(
        self, *, own: Callable[[], str], days: Callable[[], int], site: Callable[[], str]
    ) -> None:
        self._own = own
        self._days = days
        self._site = site

    def shown(self, words: Translator) -> Agreement:
        """Of a text of the site's own the version is made of what it says, so that another text
        is another one whoever forgets to say so."""
        own, language = self._own(), words.language.code
        if own:
            return Agreement(own, hashlib.sha256(own.encode()).hexdigest()[:8], language)
        what = words.gettext(USUAL, site=self._site())
        return Agreement(f"{what}\n{self._how_long(words)}", USUAL_VERSION, language)

    def _how_long(self, words: Translator) -> str:
        days = self._days()
        if not days:
            return words.gettext(
                "It is erased by itself at the end of the day, or at once if you ask for it at "
                "the reception."
            )
        return words.ngettext(
            "It is erased by itself {count} day after your visit, or at once if you ask for it "
            "at the reception.",
            "It is erased by itself {count} days after your visit, or at once if you ask for it "
            "at the reception.",
            days,
        )
