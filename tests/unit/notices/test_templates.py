"""Texts of a rule's own: holes that are known, filled once, and nothing evaluated."""

import pytest

from face_rec.domain.errors import NoticeRefused
from face_rec.notices.channel import Wording
from face_rec.notices.templates import PLACEHOLDERS, checked, filled


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{persn} came", "{persn}"), ("{person.email}", "{person.email}"),
        ("{person!r}", "{person!r}"), ("{0}", "{0}"), ("{}", "{}"), ("{person", "brace"),
        ("}{", "brace"), ("{{person}}", "brace"), ("", "Give"), ("x" * 2001, "2,000"),
    ],
)  # fmt: skip
def test_a_text_that_could_not_be_filled_in_is_refused_in_words(body: str, why: str) -> None:
    with pytest.raises(NoticeRefused) as refused:
        checked(Wording("attendance.late", "{site}", body))
    assert why in str(refused.value)


def test_every_placeholder_may_be_used_and_a_subject_is_one_line() -> None:
    body = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    kept = checked(Wording("attendance.late", " {site}\n{event} ", body))
    assert kept == Wording("attendance.late", "{site} {event}", body)


def test_what_is_filled_in_is_not_read_again_and_stays_on_its_line() -> None:
    values = {"person": "{site} %s\r\nBcc: all@example.org", "site": "School"}
    assert filled("{person}", values) == "{site} %s Bcc: all@example.org"


@pytest.mark.parametrize(
    ("text", "said"),
    [("{person} ({kiosk})", "Ada"), ("{person}: {details}", "Ada"),
     ("{person} ({details}, {kiosk})", "Ada"), ("{person} ({time}, {kiosk})", "Ada (8:00)"),
     ("({kiosk}, {time})", "(8:00)"), ("{person}, {kiosk}\n{time}", "Ada\n8:00")],
)  # fmt: skip
def test_what_has_no_value_leaves_nothing_behind(text: str, said: str) -> None:
    assert filled(text, {"person": "Ada", "time": "8:00"}) == said


def test_where_one_writes_from_right_to_left_a_latin_name_turns_nothing_about() -> None:
    assert filled("{person}", {"person": "Ada"}, right_to_left=True) == "\u2068Ada\u2069"
