"""What pages say where Markdown is read, and within a line."""

from datetime import date
from unittest import mock

from face_rec.attendance.terms.status import Status
from face_rec.languages.translator import Translators
from pages.ui.shared import day_words, words


def test_a_german_day_at_the_beginning_of_a_line_begins_no_list() -> None:
    german = Translators().of("de")
    with mock.patch.object(words, "words", return_value=german):
        said = words.day(date(2026, 11, 27))
    assert said.replace("\u2060", "") == german.formats.day(date(2026, 11, 27)) == "27. Nov. 2026"
    assert not said.startswith("27. ")


def test_a_status_keeps_its_letters_where_it_is_called_as_in_english() -> None:
    shown = (Status.PRESENT, Status.ABSENT)
    assert day_words.legend(shown) == "**P** present · **A** absent"
    french = Translators().of("fr")
    with (
        mock.patch.object(words, "words", return_value=french),
        mock.patch.object(day_words, "words", return_value=french),
    ):
        assert day_words.legend(shown) == "**P** Présent · **A** Absent"
