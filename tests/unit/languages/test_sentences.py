"""Texts that are English and can be said in another language; and how languages write figures."""

import copy
from datetime import UTC, date, datetime

import pytest

from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import AccountRefused
from face_rec.languages.language import LANGUAGES
from face_rec.languages.sentence import Figure, pgettext, sentence, sentence_many
from face_rec.languages.translator import ENGLISH, Translators

TRANSLATORS = Translators()
AT = datetime(2026, 9, 2, 17, 5, 9, tzinfo=UTC)


def test_an_error_is_english_in_a_log_and_german_for_who_reads_german() -> None:
    error = AccountRefused(sentence("{job} was stopped.", job=sentence("Search")))
    assert str(error) == "Search was stopped."
    assert TRANSLATORS.of("de").said(error.said) == "Suche wurde angehalten."
    assert ENGLISH.said(error.said) == "Search was stopped."


def test_what_nobody_has_marked_stays_as_it_is() -> None:
    plain = FaceTaken("s1", 0.5, "It is {taken}.")
    assert TRANSLATORS.of("de").said(plain.said) == "It is {taken}."
    assert TRANSLATORS.of("de").said("Search") == "Suche"


def test_a_sentence_about_a_number_takes_the_form_of_each_language() -> None:
    one, many = "{count} h ago", "{count} h ago"
    told = sentence_many(one, many, 2)
    assert told == "2 h ago"
    assert TRANSLATORS.of("ar").said(told) == "قبل ساعتين"
    assert copy.deepcopy(told) == told


def test_a_figure_within_a_sentence_is_written_as_each_language_does() -> None:
    told = sentence("{size} GB free", size=Figure(1234.56, 1))
    assert told == "1,234.6 GB free"
    assert TRANSLATORS.of("de").said(told) == "1.234,6 GB frei"


def test_parts_and_shares_are_joined_and_written_as_each_language_does() -> None:
    german, english = TRANSLATORS.of("de").formats, ENGLISH.formats
    assert german.listed(["a", "b", "c"]) == "a, b und c"
    assert [english.listed(["a", "b"][:n]) for n in range(3)] == ["", "a", "a and b"]
    assert (german.percent(0.0025, 2), english.percent(0.0025, 2)) == ("0,25\xa0%", "0.25%")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", ("2 Sep 2026", "2026-09-02", "17:05", "1,234.5", "7.50", "YYYY/MM/DD")),
        ("en-US", ("Sep 2, 2026", "9/2/2026", "5:05\u202fPM", "1,234.5", "7.50", "MM/DD/YYYY")),
        ("de", ("2. Sept. 2026", "02.09.2026", "17:05", "1.234,5", "7,50", "DD.MM.YYYY")),
        ("pt", ("2 de set. de 2026", "02/09/2026", "17:05", "1.234,5", "7,50", "DD/MM/YYYY")),
        ("zh-Hans", ("2026年9月2日", "2026/9/2", "17:05", "1,234.5", "7.50", "YYYY/MM/DD")),
    ],
)
def test_dates_times_and_numbers_are_those_of_the_language(
    code: str, written: tuple[object, ...]
) -> None:
    known = TRANSLATORS.of(code).formats
    assert written == (
        known.day(AT), known.numbers_only(AT), known.clock(AT), known.number(1234.5, 1),
        known.hours(27000, decimal=True), known.date_pattern,
    )  # fmt: skip
    assert known.hours(27000) == "7:30"


def test_a_number_within_a_sentence_has_the_decimal_sign_of_its_reader() -> None:
    told = sentence(
        "liveness {value} is below {bound}", value=Figure(0.4, 2), bound=Figure(0.5, 2)
    )
    assert told == "liveness 0.40 is below 0.50"
    assert TRANSLATORS.of("de").said(told).split()[1::3] == ["0,40", "0,50"]


def test_a_share_and_an_hour_are_written_as_the_language_has_them() -> None:
    written = {code: TRANSLATORS.of(code).formats.percent(0.934) for code in LANGUAGES}
    assert written["en"] == written["zh-Hans"] == "93%"
    assert (written["de"], written["tr"]) == ("93\xa0%", "%93")
    assert {"".join(filter(str.isdigit, one)) for one in written.values()} == {"93"}
    assert TRANSLATORS.of("hi").formats.hour(AT) == "5\u202fpm"
    assert TRANSLATORS.of("de").formats.hour(AT.replace(minute=0)) == "17:00"
    assert TRANSLATORS.of("fr").formats.percent(0.934, 1) == "93,4\xa0%"


def test_a_size_is_written_in_the_units_of_the_language() -> None:
    assert ENGLISH.formats.size(288_600_000) == "288.6 MB"
    assert ENGLISH.formats.size(999) == "999 bytes"
    assert TRANSLATORS.of("de").formats.size(16_100) == "16,1 kB"
    assert TRANSLATORS.of("fr").formats.size(5_000_000_000) == "5,0\u202fGo"


def test_one_english_word_of_two_meanings_is_two_words_in_other_languages() -> None:
    share, polish = pgettext("percentage", "Attendance"), TRANSLATORS.of("pl")
    assert share == "Attendance"
    assert polish.gettext(share) == polish.said(share) != polish.gettext("Attendance")
    assert ENGLISH.gettext(share) == ENGLISH.said(share) == "Attendance"
    assert polish.gettext(pgettext("of a thing", "Name")) == "Nazwa"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_language_writes_with_latin_digits(code: str) -> None:
    known = TRANSLATORS.of(code).formats
    said = (
        known.day(AT), known.day_of_year(AT), known.long_day(date(2026, 3, 2)), known.clock(AT),
        known.numbers_only(AT), known.number(12345.6), known.weekday(AT),
    )  # fmt: skip
    assert not [
        sign for text in said for sign in text if sign.isdigit() and sign not in "0123456789"
    ]
