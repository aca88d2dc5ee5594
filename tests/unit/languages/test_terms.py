"""Each language has one word for a mark and one for a kiosk, in all of its catalogues: who reads
of a *Buchung* in a mail looks for one on the page."""

import re
from typing import Final

import pytest

from face_rec.languages.translator import CATALOGUES
from tests.unit.languages.test_catalogues import entries, stored, texts

TERMS: Final = {
    "mark": {
        "de": "buch", "fr": "point", "es": "fich", "pt": "[Rr]egistr", "it": "timbr", "pl": "odbi",
        "tr": "kay[ıd]", "ru": "отме[тч]", "hi": "हाज़िर", "zh_Hans": "打.?卡", "ar": "سج|سُج",
    },
    "kiosk": {
        "de": "kiosk", "fr": "borne", "es": "terminal", "pt": "termina", "it": "terminal",
        "pl": "kiosk", "tr": "kiosk", "ru": "киоск", "hi": "कियोस्क", "zh_Hans": "考勤机",
        "ar": "جهاز|أجهز",
    },
}  # fmt: skip
"""By the English term: how its word begins, or where it differs what all of its forms have."""
OTHER: Final = {"A4, ten a page, with marks to cut by"}
"""Where the English word means another thing."""


@pytest.mark.parametrize("language", sorted(TERMS["mark"]))
def test_a_term_is_one_word_in_all_catalogues_of_a_language(language: str) -> None:
    differing = {
        f"{domain}, {term}: {text}": said
        for domain, text, said in _said(language)
        for term, words in TERMS.items()
        if re.search(rf"\b{term}s?\b", _bare(text), re.IGNORECASE)
        and not re.search(words[language], said, re.IGNORECASE)
        and text not in OTHER
    }
    assert differing == {}


def _bare(text: str) -> str:
    """Without the names of what is put into it."""
    return re.sub(r"\{\w*\}", "", text)


def _said(language: str) -> list[tuple[str, str, str]]:
    """Domain, English text, and what it is here; of plural forms the last."""
    return [
        (file.stem, text[-1], said[-1])
        for file in sorted((CATALOGUES / language).glob("*.po"))
        for entry in entries(stored(file))
        for text, said in [(texts(entry.id), texts(entry.string))]
    ]
