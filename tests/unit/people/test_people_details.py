import pytest

from face_rec.domain.enrolment_errors import DetailsRefused
from face_rec.people.details import Details, clean_details


@pytest.mark.parametrize(
    "text",
    ["O'Neil", "a@b|c", "}x{",
     "李小龍", "José", "محمد", "👩‍🔬", "=1+1", "007", "x\u200dy", "../etc", "%s"],
)  # fmt: skip
def test_any_visible_text_is_a_name_and_an_id(text: str) -> None:
    clean = clean_details(Details(text, text))
    assert clean.id == clean.name == text


def test_texts_are_trimmed_and_composed() -> None:
    clean = clean_details(Details(" 7 ", "  Jose\u0301 ", "\tA ", " a@b.c "))
    assert clean == Details("7", "José", "A", "a@b.c")


def test_what_shows_nothing_tells_no_two_ids_apart() -> None:
    clean = clean_details(Details("\ufeff7\u200b0\u2060", "Jo\u00adsé", "نمی\u200cخواهم"))
    assert (clean.id, clean.name, clean.group) == ("70", "José", "نمی\u200cخواهم")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\u200b", "\u200d\ufe0f", "a\x00b", "a\nb", "\x1b[31m", "a\u202eb", "a\u2028b"]
)  # fmt: skip
def test_what_shows_nothing_or_controls_the_screen_is_refused(text: str) -> None:
    with pytest.raises(DetailsRefused) as refused:
        clean_details(Details(text, "Ada"))
    assert refused.value.field == "ID"
    with pytest.raises(DetailsRefused) as refused:
        clean_details(Details("7", text))
    assert refused.value.field == "name"


def test_lengths_are_limited() -> None:
    assert clean_details(Details("x" * 64, "y" * 200)).id == "x" * 64
    with pytest.raises(DetailsRefused, match="64"):
        clean_details(Details("x" * 65, "Ada"))
    with pytest.raises(DetailsRefused, match="200"):
        clean_details(Details("7", "y" * 201))


@pytest.mark.parametrize("email", ["ada", "a b@c", "@", "a@b@c"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(DetailsRefused, match="e-mail"):
        clean_details(Details("7", "Ada", email=email))


def test_group_and_address_may_be_empty() -> None:
    assert clean_details(Details("7", "Ada")) == Details("7", "Ada")
