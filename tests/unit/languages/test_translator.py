"""What is said in a language: texts, plural forms, dates, times, numbers, names within them."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from face_rec.languages.language import LANGUAGES, language_of
from face_rec.languages.translator import (
    CATALOGUES,
    ENGLISH,
    Translator,
    Translators,
    read_catalogue,
)
from tests.kiosk_states import MET, spoken_states

TRANSLATORS = Translators()
DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("code", "day", "morning", "afternoon"),
    [
        ("en", "Thursday, 26 November 2026", "08:05", "17:30"),
        ("en-US", "Thursday, November 26, 2026", "8:05\u202fAM", "5:30\u202fPM"),
        ("de", "Donnerstag, 26. November 2026", "08:05", "17:30"),
        ("es", "jueves, 26 de noviembre de 2026", "8:05", "17:30"),
        ("zh-Hans", "2026年11月26日星期四", "08:05", "17:30"),
        ("ar", "الخميس، 26 نوفمبر 2026", "8:05 ص", "5:30 م"),
    ],
)
def test_days_and_times_are_written_as_the_language_has_them(
    code: str, day: str, morning: str, afternoon: str
) -> None:
    words = TRANSLATORS.of(code)
    assert words.day(DAY) == day
    assert (words.time(8, 5), words.time(17, 30)) == (morning, afternoon)


@pytest.mark.parametrize(
    ("code", "last", "said"),
    [
        ("en", date(2026, 11, 29), "23 – 29 Nov 2026"),
        ("en", date(2026, 12, 6), "23 Nov – 6 Dec 2026"),
        ("en", date(2027, 1, 3), "23 Nov 2026 – 3 Jan 2027"),
        ("de", date(2026, 11, 29), "23.–29. Nov. 2026"),
        ("de", date(2026, 12, 6), "23. Nov. – 6. Dez. 2026"),
    ],
)
def test_of_two_days_what_both_share_is_said_once(code: str, last: date, said: str) -> None:
    span = TRANSLATORS.of(code).formats.span(date(2026, 11, 23), last)
    assert span.replace("\u2009", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", {1: "1 mark", 2: "2 marks", 1234: "1,234 marks"}),
        ("de", {1: "1 Buchung", 2: "2 Buchungen", 1234: "1.234 Buchungen"}),
        ("pl", {1: "1 odbicie", 3: "3 odbicia", 5: "5 odbić", 22: "22 odbicia"}),
        ("ru", {1: "1 отметка", 3: "3 отметки", 11: "11 отметок", 21: "21 отметка"}),
        ("zh-Hans", {1: "1 次打卡", 7: "7 次打卡"}),
        ("ar", {1: "تسجيل واحد", 2: "تسجيلان", 3: "\u20683\u2069 تسجيلات"}),
    ],
)
def test_a_text_goes_with_its_number(code: str, said: dict[int, str]) -> None:
    words = TRANSLATORS.of(code)
    for number, text in said.items():
        assert words.ngettext("{count} mark", "{count} marks", number) == text


def test_a_latin_name_stands_apart_within_arabic_and_nothing_does_within_german() -> None:
    message = "{name}: which way do you go?"
    assert "\u2068Maria\u2069" in TRANSLATORS.of("ar").gettext(message, name="Maria")
    assert TRANSLATORS.of("de").gettext(message, name="Maria") == "Maria: wohin gehen Sie?"


def test_what_is_no_language_and_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert TRANSLATORS.of("xx").language.code == "en"
    assert TRANSLATORS.of("de").gettext("Nobody translated this.") == "Nobody translated this."


def test_a_text_without_placeholders_is_said_as_it_is_whatever_stands_in_it() -> None:
    assert ENGLISH.gettext("Set {this} yourself") == "Set {this} yourself"


def test_a_language_is_read_once() -> None:
    assert TRANSLATORS.of("de") is TRANSLATORS.of("de")


def test_a_pages_script_is_given_what_it_says_and_nothing_else() -> None:
    told = TRANSLATORS.of("ru").words()
    assert (told["language"], told["direction"], told["locale"]) == ("ru", "ltr", "ru-RU")
    assert told["texts"]["Today"] == "Сегодня"
    assert set(told["texts"]["{count} mark"]) == {"one", "few", "many"}
    assert "Ask to be registered, if you are not yet" not in told["texts"]
    assert TRANSLATORS.of("ar").words()["direction"] == "rtl"
    assert ENGLISH.words()["texts"] == {}


def test_every_language_names_itself_and_says_which_way_it_runs() -> None:
    names = {language.own_name for language in LANGUAGES.values()}
    assert len(names) == len(LANGUAGES)
    assert [one.code for one in LANGUAGES.values() if one.direction == "rtl"] == ["ar"]


# --- every state -------------------------------------------------------------------------------


def _pseudo() -> Translator:
    """A language in which each text stands in brackets, so that one that is not translated is
    seen."""
    made = Catalog(locale="en_GB")
    for one in read_catalogue(CATALOGUES / "kiosk.pot"):
        if one.id:
            said = tuple(f"⟦{text}⟧" for text in one.id) if not isinstance(one.id, str) else None
            made.add(one.id, said or f"⟦{one.id}⟧")
    return Translator(language_of("en"), made)


def _spoken(parts: dict[str, Any]) -> Iterator[str]:
    """What somebody reads of a message."""
    for banner in parts.get("banners", ()):
        yield banner["title"]
        yield from banner["text"].split(" · ")
    for face in parts.get("scene", {}).get("faces", ()):
        yield face["problem"]
    for _, word in (parts.get("choice") or {}).get("buttons", ()):
        yield word


_NAMES = {MET, "اسماء خالد", "王小明", "Ana Álvarez", "Ana", ""}


def test_in_no_state_a_word_of_the_servers_stays_in_english() -> None:
    states = spoken_states(_pseudo())
    assert len(states) > 25
    for name, (parts, _) in states.items():
        bare = [
            text for text in _spoken(parts) if text not in _NAMES and not re.search("[⟦⟧]", text)
        ]
        assert bare == [], f"{name}: {bare}"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_state_can_be_said_in_every_language(code: str) -> None:
    states = spoken_states(TRANSLATORS.of(code))
    assert "{" not in re.sub(r"[{}]\"|\"[{}]", "", "".join(said for _, said in states.values()))
    json.dumps(states, ensure_ascii=False).encode()
    for parts, _ in states.values():
        for text in _spoken(parts):
            assert not re.search(r"\{\w+\}", text), text


def test_a_catalogue_of_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "de"
    folder.mkdir()
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (folder / "kiosk.po").write_text(f'{head}msgid "Today"\nmsgstr "Heut"\n', encoding="utf-8")
    assert Translators(tmp_path).of("de").gettext("Today") == "Heut"


def test_french_breaks_no_line_before_a_sign_or_within_its_quotation_marks() -> None:
    catalogue = Catalog(locale="fr")
    for text in ("Sure ?", "« In » : :material/add: a", "(Is it ?)", "at 8 :30"):
        catalogue.add(text, text)
    said = Translator(language_of("fr"), catalogue).gettext
    assert said("Sure ?") == "Sure\u00a0?"
    assert said("« In » : :material/add: a") == "«\u00a0In\u00a0»\u00a0: :material/add: a"
    assert said("(Is it ?)") == "(Is it\u00a0?)"
    assert said("at 8 :30") == "at 8 :30"
    other = Catalog(locale="de")
    other.add("Sure ?", "Sure ?")
    assert Translator(language_of("de"), other).gettext("Sure ?") == "Sure ?"
