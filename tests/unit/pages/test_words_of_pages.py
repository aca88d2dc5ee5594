"""What pages say where Markdown is read."""

from datetime import date
from unittest import mock

from face_rec.languages.translator import Translators
from pages.ui.shared import words


def test_a_german_day_at_the_beginning_of_a_line_begins_no_list() -> None:
    german = Translators().of("de")
    with mock.patch.object(words, "words", return_value=german):
        said = words.day(date(2026, 11, 27))
    assert said.replace("\u2060", "") == german.formats.day(date(2026, 11, 27)) == "27. Nov. 2026"
    assert not said.startswith("27. ")
