"""Texts of users stay texts, whatever interprets the page."""

import pytest

from face_rec.domain.free_text import free_text
from pages.ui.shared.text import (
    WORD_JOINER,
    at_colon,
    html,
    initials,
    isolated,
    plain,
    search_key,
)


@pytest.mark.parametrize(
    ("typed", "markdown"),
    [
        ("**x**", r"\*\*x\*\*"),
        ("$x$", r"\$x\$"),
        ("[a](b)", r"\[a\](b)"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("- a", r"\- a"),
        ("&lt;", r"\&lt;"),
        ("O'Brien, Dr. Ann (HR)", "O'Brien, Dr. Ann (HR)"),
    ],
)
def test_markdown_is_shown_as_it_was_typed(typed: str, markdown: str) -> None:
    assert plain(typed) == markdown


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [
        (":material/home:", ":material"),
        (":100:", ":100"),
        ("http://a.b", "://"),
        ("www.a.b", "www."),
        ("a@b.c", "@b"),
        ("->", "->"),
        ("--", "--"),
        ("<b>", "<b"),
    ],
)
def test_what_is_recognised_after_the_backslashes_is_broken_up(typed: str, pattern: str) -> None:
    shown = plain(typed).replace("\\", "")
    assert pattern not in shown
    assert shown.replace(WORD_JOINER, "") == typed


def test_a_text_of_several_lines_becomes_one_line() -> None:
    assert plain("Ann\n\n# Boss\u2028x") == r"Ann \# Boss x"


def test_html_is_escaped_inside_quotes_as_well() -> None:
    assert html("<b>\"'&") == "&lt;b&gt;&quot;&#x27;&amp;"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ann Lee", "AL"), ("ann", "A"), ("Ann van der Lee", "AL"), ("😀", "?"), ("李 小龍", "李小")],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_search_ignores_case_and_accents() -> None:
    assert search_key("Ångström") == search_key("ANGSTROM")


def test_what_stands_before_a_colon_is_found_however_a_language_writes_it() -> None:
    assert at_colon("Libre : gratuit: oui") == ("Libre", "gratuit: oui")
    assert at_colon("免费：任何公司") == ("免费", "任何公司")


def test_what_people_write_turns_no_line_but_its_own() -> None:
    turned = "ill\u202etcerroc\u202c\u0007 \u2067x\n"
    assert free_text(turned) == "illtcerroc x"
    assert plain(turned) == "illtcerroc\x07 x"
    assert html("\u202ea") == "a"
    assert html("\u2068Ada\u2069!") == "\u2068Ada\u2069!"  # an isolate of our own
    assert isolated(html("אבג")) == "\u2068אבג\u2069"
