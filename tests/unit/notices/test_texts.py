"""What people read of a notice: in every language, by the site's clock."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from face_rec.languages.language import LANGUAGES
from face_rec.languages.translator import Translators
from face_rec.notices.channel import NoticeRule, Wording
from face_rec.notices.notice import TOLD, About, Notice, NoticeKind
from face_rec.notices.running.texts import Voice, letter
from tests.fakes.clock import MORNING
from tests.samples import a_person

ADA = replace(a_person("7", "Ada Byron"), subject="s1")
WORDS = Translators()
FACTS: dict[str, str | int] = {
    "kind": "in", "minutes": 12, "by": "grace", "what": "void", "check": "disk",
    "day": "2025-03-10", "why": "an edge", "times": 3, "since": "2025-03-08", "count": 2,
}  # fmt: skip
LATE = Notice("e1", NoticeKind.LATE, MORNING, "s1", "door", facts={"minutes": 12})


def _voice(code: str = "en", zone: str = "Europe/Berlin") -> Voice:
    return Voice(WORDS.of(code), ZoneInfo(zone), "School", lambda _: "Gate")


def _notice(kind: NoticeKind) -> Notice:
    facts = {fact.name: FACTS[fact.name] for fact in kind.facts}
    subject = "s1" if kind.about is About.PERSON else ""
    return Notice("e1", kind, MORNING, subject, "door", "e1", "as it was written", facts)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("kind", TOLD, ids=str)
def test_every_kind_is_told_in_every_language_with_what_it_is_about(
    kind: NoticeKind, code: str
) -> None:
    subject, text = letter([_notice(kind)], {"s1": ADA}, _voice(code))
    assert "School" in subject
    assert kind.about is not About.PERSON or "Ada Byron" in text
    assert kind.about is not About.KIOSK or "Gate" in text
    assert not set("{}") & set(subject + text)
    if LANGUAGES[code].catalogue and (code, kind.words) != ("fr", "Absent"):
        assert kind.words not in subject, "left in English"


def test_times_and_days_are_the_sites_and_written_as_the_language_does() -> None:
    _, german = letter([LATE], {"s1": ADA}, _voice("de"))
    assert german == (
        "Ada Byron kam zu spät, um 09:00: 12 Minuten zu spät (Gate)\nMontag, 10. März 2025"
    )
    _, american = letter([LATE], {"s1": ADA}, _voice("en-US", "America/New_York"))
    assert "at 4:00\u202fAM" in american
    assert american.endswith("Monday, March 10, 2025")


def test_a_text_of_the_rules_own_is_used_as_it_stands() -> None:
    own = Wording(LATE.kind, "Zu spät: {person}", "{person} ({id}, {group})\n{details}")
    rule = NoticeRule("r", "R", frozenset({LATE.kind}), frozenset(), wordings=(own,))
    assert letter([LATE], {"s1": ADA}, _voice(), rule) == (
        "Zu spät: Ada Byron", "Ada Byron (7, Office)\nLate by 12 min"
    )  # fmt: skip


def test_several_are_one_text_with_a_line_for_each_by_days() -> None:
    next_day = replace(LATE, id="e2", at=MORNING + timedelta(days=1))
    subject, text = letter([next_day, LATE], {"s1": ADA}, _voice())
    assert subject == "School: Came late (2)"
    assert text.split("\n\n")[0].splitlines()[0] == "Monday, 10 March 2025"
    assert text.count("Ada Byron came late, at 09:00: Late by 12 min (Gate)") == 2
    other = replace(LATE, kind=NoticeKind.ABSENT, facts={"day": "2025-03-10"})
    assert letter([LATE, other], {"s1": ADA}, _voice("de"))[0] == "School: 2 Meldungen"


def test_of_very_many_the_rest_is_counted() -> None:
    many = [replace(LATE, id=f"e{number}") for number in range(203)]
    _, text = letter(many, {"s1": ADA}, _voice("fr"))
    assert text.count("Ada Byron") == 200
    assert text.endswith("et 3 autres\u00a0: voir Records")


def test_what_an_older_version_noted_is_told_in_its_words() -> None:
    old = replace(LATE, facts={}, details="Late by 12 min")
    assert "Late by 12 min" in letter([old], {"s1": ADA}, _voice("de"))[1]


def test_the_hour_that_comes_twice_is_told_by_the_sites_clock() -> None:
    twice = replace(LATE, at=datetime.fromisoformat("2025-10-26T00:30:00+00:00"))
    assert "at 02:30" in letter([twice], {"s1": ADA}, _voice())[1]
