"""What the kiosk says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.faces import Box
from face_rec.domain.kiosks.screens import Greeting, Label, Mood, Scene
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Flaw, Verdict
from face_rec.kiosks.banner import banners, caption, of_label, of_receipt, short_name

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 12, 7, 2, 11, tzinfo=UTC)
EVENT = Event("e1", "s1", NOW, EventKind.PUNCH, Source.VIDEO, "main")


def greeting(
    outcome: Outcome = Outcome.MARKED, subject: str = "s1", name: str = "Ana"
) -> Greeting:
    event = replace(EVENT, id=f"e-{subject}", subject=subject)
    return Greeting(Receipt(event, outcome), name, shown_from=0.0)


def scene(*verdicts: Verdict, problem: str = "") -> Scene:
    box = Box(0, 0, 10, 10)
    labels = tuple(Label(n, box, v, "Ana", problem=problem) for n, v in enumerate(verdicts))
    return Scene(1, 0.0, 640, 480, labels)


def test_a_marked_person_is_greeted_by_name_in_the_time_of_the_site() -> None:
    (said,) = banners([greeting()], None, ZONE)
    assert (said.mood, said.title, said.text) == (Mood.MARKED, "Ana", "Marked at 08:02")


def test_someone_already_marked_is_told_since_when() -> None:
    receipt = Receipt(EVENT, Outcome.ALREADY, previous_at=NOW - timedelta(minutes=30))
    said = of_receipt("Ana", receipt, ZONE)
    assert (said.mood, said.text) == (Mood.ALREADY, "Already marked at 07:32")


def test_a_mark_kept_on_this_computer_says_so() -> None:
    assert "saved here" in of_receipt("Ana", Receipt(EVENT, Outcome.SAVED_HERE), ZONE).text


def test_a_dry_run_does_not_claim_a_mark() -> None:
    assert "Marked at" not in of_receipt("Ana", Receipt(EVENT, Outcome.DRY_RUN), ZONE).text


def test_two_people_are_greeted_side_by_side_and_one_person_once() -> None:
    said = banners(
        [greeting(), greeting(subject="s2", name="Bo"), greeting(Outcome.ALREADY)], None, ZONE
    )
    assert sorted((b.title, b.mood) for b in said) == [("Ana", Mood.ALREADY), ("Bo", Mood.MARKED)]


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.POOR, Verdict.LOOKING])
def test_a_face_that_is_not_named_gets_no_name(verdict: Verdict) -> None:
    (said,) = banners([], scene(verdict), ZONE)
    assert "Ana" not in said.title + said.text
    assert not said.sound


@pytest.mark.parametrize("flaw", [None, *Flaw])
def test_who_cannot_be_judged_is_told_what_to_do_about_it(flaw: Flaw | None) -> None:
    label = Label(1, Box(0, 0, 9, 9), Verdict.POOR, flaw=flaw)
    (said,) = banners([], Scene(1, 0.0, 640, 480, (label,)), ZONE)
    assert said == of_label(label, ZONE)
    assert said.title == caption(label)
    words = {None: "closer", Flaw.SMALL: "closer", Flaw.DARK: "light", Flaw.FLAT: "light",
             Flaw.BRIGHT: "glare", Flaw.COVERED: "mask", Flaw.TURNED: "Turn",
             Flaw.BLURRED: "still"}  # fmt: skip
    assert words[flaw] in said.title + said.text


def test_advice_is_for_who_cannot_be_judged_only() -> None:
    assert not any(caption(one) for one in scene(Verdict.NAMED, Verdict.UNKNOWN).labels)


def test_a_greeting_is_not_hidden_by_a_stranger_behind() -> None:
    (said,) = banners([greeting()], scene(Verdict.UNKNOWN), ZONE)
    assert said.title == "Ana"


def test_a_named_person_who_cannot_be_marked_learns_why() -> None:
    (said,) = banners([], scene(Verdict.NAMED, problem="The disk is full."), ZONE)
    assert (said.mood, said.text) == (
        Mood.PROBLEM,
        "No mark can be saved here now. Tell the office.",
    )


def test_before_an_empty_scene_nothing_is_said() -> None:
    for nothing in (None, scene()):
        assert not banners([], nothing, ZONE)


def test_the_sound_of_one_event_keeps_its_name_and_differs_from_the_next() -> None:
    first, again = (of_receipt("Ana", greeting().receipt, ZONE).sound for _ in range(2))
    other = of_receipt("Bo", greeting(subject="s2").receipt, ZONE).sound
    assert first == again != other


def test_a_still_answers_every_face() -> None:
    stranger = Label(1, Box(0, 0, 9, 9), Verdict.UNKNOWN)
    marked = Label(2, Box(0, 0, 9, 9), Verdict.NAMED, "Ana", receipt=greeting().receipt)
    refused = Label(3, Box(0, 0, 9, 9), Verdict.NAMED, "Bo", problem="Face the camera.")
    moods = [of_label(label, ZONE).mood for label in (stranger, marked, refused)]
    assert moods == [Mood.UNKNOWN, Mood.MARKED, Mood.PROBLEM]


# --- short names


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Maria Kern", "Maria K."),
        ("Kern, Maria", "Maria K."),
        ("Madonna", "Madonna"),
        ("Dr. Maria von der Leyen", "Maria L."),
        ("Prof. Dr. med. Anna Schmidt", "Anna S."),
        ("Martin Luther King, Jr.", "Martin K."),
        ("Sammy Davis Jr.", "Sammy D."),
        ("Anna-Lena Müller-Schmidt", "Anna-Lena M."),
        ("Conan O'Brien", "Conan O."),
        ("J. R. R. Tolkien", "J. T."),
        ("Maria Kern (7B)", "Maria K."),
        ("Maria “Mia” Kern", "Maria K."),
        ("Z\u030cofie C\u030cerma\u0301kova\u0301", "Žofie Č."),
        ("नरेंद्र कीर्ति", "नरेंद्र की."),
        ("محمد علي", "محمد ع."),
        ("王小明", "王○明"),
        ("山田 太郎", "山○○郎"),
        ("김 수", "김○"),
        ("マリア・ケルン", "マ○○○○ン"),
        ("", ""),
    ],
)
def test_a_short_name_tells_the_person_and_not_the_family(name: str, short: str) -> None:
    assert short_name(name) == short


@given(st.text(max_size=60))
def test_whatever_a_name_is_a_short_one_can_be_made(name: str) -> None:
    assert len(short_name(name)) <= len(name) + 3


def test_a_screen_with_short_names_gets_no_full_one() -> None:
    marked, seen = greeting(name="Maria Kern"), scene(Verdict.NAMED, problem="The disk is full.")
    named = replace(seen, labels=tuple(replace(one, name="Maria Kern") for one in seen.labels))
    still = replace(named.labels[0], receipt=marked.receipt)
    said = [
        *banners([marked], None, ZONE, named=short_name),
        *banners([], named, ZONE, named=short_name),
        of_label(named.labels[0], ZONE, named=short_name),
        of_label(still, ZONE, named=short_name),
    ]
    assert {one.title for one in said} == {"Maria K."}
    assert not any("Kern" in one.title + one.text for one in said)
