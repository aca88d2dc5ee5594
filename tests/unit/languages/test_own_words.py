"""A catalogue speaks its own language: a text of another one in its place has no hole, keeps its
placeholders, and is wrong."""

import re
import unicodedata
from collections import Counter
from functools import cache

import pytest

from tests.messages import DOMAINS, catalogue_file, folders
from tests.unit.languages.test_catalogues import entries, stored, texts

SCRIPTS = {"ar": "ARABIC", "hi": "DEVANAGARI", "ru": "CYRILLIC", "zh_Hans": "CJK"}
_WORDS = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"\{\w*\}|`[^`]*`|\[([^\]]*)\]\([^)]*\)")
_SHARED = 5
"""So many of the languages in Latin letters have no word of their own in common: four have that
for a photo, which English lacks."""


@cache
def said(folder: str, domain: str) -> dict[str, str]:
    """Each text by its English one, the forms of a plural in a row."""
    made = stored(catalogue_file(folder, domain))
    return {texts(one.id)[0]: " ".join(texts(one.string)) for one in entries(made)}


def foreign(english: str, text: str, script: str) -> bool:
    """Whether there are words in ``text``, none in ``script``, and others than in ``english``."""
    words = set(_WORDS.findall(_CODE.sub(" ", text)))
    own = any(unicodedata.name(letter, "").startswith(script) for word in words for letter in word)
    return not own and not words <= set(_WORDS.findall(english))


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("folder", SCRIPTS)
def test_a_language_with_letters_of_its_own_uses_them(folder: str, domain: str) -> None:
    wrong = [
        (english, text)
        for english, text in said(folder, domain).items()
        if foreign(english, text, SCRIPTS[folder])
    ]
    assert not wrong


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_of_one_language_stands_in_the_catalogues_of_many(domain: str) -> None:
    others = [folder for folder in folders() if folder not in SCRIPTS]
    for english in said(others[0], domain):
        found = Counter(said(folder, domain).get(english, "") for folder in others)
        text, count = found.most_common(1)[0]
        if {*_WORDS.findall(text)} <= {*_WORDS.findall(english)}:
            continue  # names, and words that all took from English
        assert count < _SHARED, (english, text)


def test_a_german_text_among_arabic_ones_is_noticed() -> None:
    assert foreign("Today", "Heute", "ARABIC")
    assert not foreign("Today", "اليوم", "ARABIC")
    assert not foreign("PIN of {name}", "PIN: {name}", "ARABIC")
