"""Whoever stands before a kiosk may choose a language that it offers, while they are there."""

import pytest

from face_rec.attendance.rules.validation import flaws
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.languages import STAYS, Languages
from tests.fakes.clock import FakeClock

DOOR = KioskRecord("door", language="de", languages=("hi", "ar"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def languages(clock: FakeClock) -> Languages:
    return Languages(clock)


def test_what_is_chosen_is_spoken_until_nobody_has_been_there_for_a_minute(
    languages: Languages, clock: FakeClock
) -> None:
    languages.choose(DOOR, "hi")
    for _ in range(3):
        clock.advance(STAYS - 1)
        assert languages.of(DOOR) == "hi"
        languages.stay("door")
    clock.advance(STAYS + 1)
    assert languages.of(DOOR) == "de"
    languages.stay("door")
    assert languages.of(DOOR) == "de", "who comes later has chosen nothing"


def test_another_kiosk_goes_on_in_its_own(languages: Languages) -> None:
    languages.choose(DOOR, "ar")
    assert languages.of(KioskRecord("gate", languages=("ar",))) is None


@pytest.mark.parametrize("code", ["fr", "de", "", "no language"])
def test_what_is_not_offered_is_not_spoken_and_ends_a_choice(
    languages: Languages, code: str
) -> None:
    languages.choose(DOOR, "hi")
    languages.choose(DOOR, code)
    assert languages.of(DOOR) == "de"


def test_what_is_not_offered_any_more_is_not_spoken_any_more(languages: Languages) -> None:
    languages.choose(DOOR, "hi")
    assert languages.of(KioskRecord("door", language="de", languages=("ar",))) == "de"


def test_only_languages_that_there_are_can_be_offered() -> None:
    assert not flaws(DOOR)
    assert flaws(KioskRecord("door", languages=("hi", "xx")))
