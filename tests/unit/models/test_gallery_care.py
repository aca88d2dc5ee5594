"""What in a gallery needs attention, on galleries of which it is known."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from face_rec.attendance.marks.effective_marks import entries
from face_rec.domain.faces import View
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Contract, GalleryEntry, Person, TemplateInfo
from face_rec.models.scores import care
from face_rec.models.scores.care import MarkHistory
from face_rec.models.scores.own_report import Need
from face_rec.models.scores.searches import Collector, Searches
from face_rec.people.gallery.gallery import MemoryGallery

WIDTH = 128
TODAY = date(2026, 11, 26)
Rows = np.typing.NDArray[np.float64]


def _entry(subject: str, rows: Rows) -> GalleryEntry:
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return GalleryEntry(subject, np.asarray(vectors, np.float32))


def _searched(entries_: Sequence[GalleryEntry]) -> Searches:
    gallery = MemoryGallery(Contract("test", WIDTH))
    gallery.load(entries_, 1)
    collector = Collector(gallery)
    for _ in collector.templates(entries_):
        pass
    return collector.made()


class Faces:
    """Photos of people; all photos of one person agree at about 0.6."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(2)

    def face(self) -> Rows:
        return self.random.normal(size=(1, WIDTH))

    def photos(self, face: Rows, count: int = 4) -> Rows:
        return face + 0.8 * self.random.normal(size=(count, WIDTH))

    def crowd(self, count: int = 120) -> list[GalleryEntry]:
        return [_entry(f"s{number}", self.photos(self.face())) for number in range(count)]


def test_who_is_registered_twice_is_told_from_who_only_looks_alike() -> None:
    faces = Faces()
    everybody = faces.crowd()
    twice = faces.face()
    everybody += [_entry("a1", faces.photos(twice)), _entry("a2", faces.photos(twice))]
    one = faces.face()
    sister = 0.62 * one + 0.78 * faces.face()
    everybody += [_entry("b1", faces.photos(one)), _entry("b2", faces.photos(sister))]
    found = care.alike(_searched(everybody), 0.38)
    assert [(one.need, one.subject, one.other) for one in found] == [
        (Need.SAME, "a1", "a2"), (Need.ALIKE, "b1", "b2"),
    ]  # fmt: skip
    assert found[0].score > found[1].score > found[1].against == 0.38


def test_in_a_healthy_gallery_nothing_is_found() -> None:
    searches = _searched(Faces().crowd())
    assert care.alike(searches, 0.42) == []
    assert care.strange(searches, 0.3) == []


def test_a_photo_of_somebody_else_is_found_with_its_place_and_whose_it_is() -> None:
    faces = Faces()
    everybody = faces.crowd()
    stranger, owner = faces.face(), faces.face()
    rows = np.concatenate([faces.photos(owner, 3), faces.photos(stranger, 1)])
    poisoned = _entry("poisoned", rows)
    known = 8 * everybody[5].vectors[:1].astype(np.float64)
    rows = np.concatenate([faces.photos(faces.face(), 3), faces.photos(known, 1)])
    other = _entry("other", rows)
    found = care.strange(_searched([*everybody, poisoned, other]), 0.3)
    by_person = {one.subject: one for one in found}
    assert set(by_person) == {"poisoned", "other"}
    assert (by_person["poisoned"].place, by_person["poisoned"].other) == (3, "")
    assert by_person["poisoned"].score < 0.3
    assert (by_person["other"].place, by_person["other"].other) == (3, "s5")


# --- marks


def _mark(
    subject: str,
    back: int,
    score: float | None = 0.6,
    source: Source = Source.VIDEO,
    contract: str = "test",
) -> Event:
    at = datetime(2026, 11, 26, 8, tzinfo=UTC) - timedelta(days=back)
    key = f"marks/{at:%Y/%m/%d}/{subject}.{back}.jpg"
    return Event(
        f"{subject}{back}{source}", subject, at, EventKind.PUNCH, source, "door", score=score,
        contract=contract, snapshot=key,
    )  # fmt: skip


def _said(mark: Event, kind: EventKind) -> Event:
    return Event(
        f"{mark.id}{kind}", mark.subject, mark.at, kind, Source.MANUAL, "", target=mark.id,
        author="boss", reason="seen", recorded_at=mark.at + timedelta(hours=1),
    )  # fmt: skip


def _history(events: Sequence[Event]) -> MarkHistory:
    history = MarkHistory("test", TODAY)
    for back in range(90):
        day = TODAY - timedelta(days=back)
        history.add(day, entries([e for e in events if e.at.date() == day]).marks)
    return history


def test_whose_scores_sink_is_told_and_by_how_much() -> None:
    random = np.random.default_rng(4)
    events = [
        _mark(f"s{person}", back, 0.62 + 0.04 * float(random.normal()))
        for person in range(80)
        for back in range(40)
    ]
    events += [_mark("grew", back, 0.45 + 0.005 * back + 0.03 * float(random.normal()))
               for back in range(40)]  # fmt: skip
    events += [_mark("old model", back, 0.4 + 0.005 * back, contract="x") for back in range(40)]
    events += [_mark("new", back, 0.3 + 0.1 * back) for back in range(4)]
    (found,) = _history(events).sinking(0.33)
    assert (found.need, found.subject, found.count) == (Need.SINKING, "grew", 40)
    assert found.before == pytest.approx(0.645, abs=0.03)
    assert found.score == pytest.approx(0.45, abs=0.03)
    assert found.against == 0.33


def test_who_comes_by_pin_where_others_are_recognised_is_missed() -> None:
    people = [f"s{number}" for number in range(60)]
    events = [_mark(one, back) for one in people for back in range(20)]
    events += [_mark(one, 21, None, Source.PIN) for one in people]  # the camera was off that day
    events += [_mark("missed", back, None, Source.PIN) for back in range(9)]
    events += [_mark("missed", back) for back in range(10, 14)]
    events += [_mark("no face", back, None, Source.PIN) for back in range(20)]
    (found,) = _history(events).missed([*people, "missed"])
    assert (found.need, found.subject, found.count, found.of) == (Need.MISSED, "missed", 9, 13)
    assert _history(events[:1260]).missed(people) == []


def test_of_people_who_all_come_by_pin_now_and_then_nearly_nobody_is_missed() -> None:
    """Whoever is listed must not be so by chance, with 1,000 people alike."""
    random = np.random.default_rng(6)
    people = [f"s{number}" for number in range(1000)]
    history = MarkHistory("test", TODAY)
    for one, count in zip(people, random.binomial(40, 0.05, 1000).tolist(), strict=True):
        history._pins[one], history._seen[one] = count, 40 - count
    assert len(history.missed(people)) <= 3


def test_with_few_who_have_two_photos_nobody_is_called_the_same_for_looking_alike() -> None:
    faces = Faces()
    everybody = [_entry(f"s{number}", faces.photos(faces.face(), 1)) for number in range(200)]
    face = faces.face()
    sister = 0.8 * face + 0.6 * faces.face()
    everybody += [_entry("b1", faces.photos(face, 1)), _entry("b2", faces.photos(sister, 1))]
    everybody += [_entry(f"t{number}", faces.photos(faces.face(), 2)) for number in range(6)]
    searches = _searched(everybody)
    found = care.alike(searches, 0.3)
    assert found
    assert all(one.need is Need.ALIKE for one in found)
    assert len(care.apart(searches, care.one_person_from(searches))) == len(searches)


def test_only_a_confirmed_mark_is_offered_as_a_photo_and_the_newest_first() -> None:
    marks = [_mark("one", back) for back in (3, 5, 9)]
    void = _mark("other", 2)
    events = [*marks, void, _said(marks[1], EventKind.CONFIRM), _said(marks[2], EventKind.CONFIRM)]
    events += [_said(void, EventKind.CONFIRM), _said(void, EventKind.VOID), _mark("third", 4)]
    history = _history(events)
    assert dict(history.pictures) == {"one": [marks[1].snapshot, marks[2].snapshot]}
    faces = Faces()
    everybody = [*faces.crowd(5), _entry("one", faces.photos(faces.face(), 1)),
                 _entry("third", faces.photos(faces.face(), 1))]  # fmt: skip
    (found,) = history.few(_searched(everybody))
    assert (found.need, found.subject) == (Need.FEW, "one")
    assert found.picture == marks[1].snapshot


def test_whom_the_camera_did_not_tell_from_a_picture_is_listed_vouched_for_first() -> None:
    def person(subject: str, life: str, vouched: str = "") -> Person:
        info = TemplateInfo(0, View.FRONT, 0.9, "c", datetime(2026, 11, 26, tzinfo=UTC), life=life)
        return Person(subject, subject, subject, templates=(info,), vouched=vouched)

    people = [person("ann", "live"), person("bob", "unsure"), person("cleo", "attack", "Seen"),
              person("dan", "file"), person("eve", "")]  # fmt: skip
    found = [(one.need, one.subject) for one in care.doubted(people)]
    assert found == [(Need.DOUBTED, "cleo"), (Need.DOUBTED, "bob")]


# --- visits without a name


def _came(people: Sequence[str], times: int = 40) -> MarkHistory:
    """Everybody was recognised so often."""
    history = MarkHistory("test", TODAY)
    for one in people:
        history._seen[one] = times
    return history


def test_whoever_visits_without_a_name_come_near_to_is_missed_and_says_how_often() -> None:
    people = [f"s{number}" for number in range(60)]
    days = [{"missed": 2, f"s{back}": 1} for back in range(6)]
    (found,) = _came([*people, "missed"], 20).unnamed(days, [*people, "missed"])
    assert (found.need, found.subject) == (Need.UNNAMED, "missed")
    assert (found.count, found.of) == (12, 32)


def test_somebody_who_is_never_recognised_is_told_of_too() -> None:
    people = [f"s{number}" for number in range(60)]
    days = [{"never": 1} for _ in range(6)]
    (found,) = _came(people).unnamed(days, [*people, "never"])
    assert (found.subject, found.count, found.of) == ("never", 6, 6)
    assert _came(people).unnamed(days, people) == [], "who cannot be recognised any more is not"


def test_one_day_or_one_person_walking_up_and_down_is_not_enough() -> None:
    people = [f"s{number}" for number in range(60)]
    assert _came(people).unnamed([{"s1": 40}], people) == []
    assert _came(people).unnamed([{"s1": 40}, {"s1": 1}], people) == []
    assert _came(people).unnamed([{"s1": 1}] * 4, people) == []
    (found,) = _came(people).unnamed([{"s1": 40}, {"s1": 1}, {"s1": 1}], people)
    assert found.count == 6, "of a day four count"


def test_of_whom_strangers_come_near_to_by_chance_nearly_nobody_is_told() -> None:
    """1,000 people; 60 visits of strangers a day come near somebody, of whom some hardly ever come
    themselves; and everybody is missed now and then."""
    random = np.random.default_rng(7)
    people = [f"s{number}" for number in range(1000)]
    history = MarkHistory("test", TODAY)
    visits = random.choice([0, 2, 40, 80], 1000).tolist()
    days: list[dict[str, int]] = []
    for _ in range(28):
        whose = random.integers(0, 1000, 60).tolist()
        whose += [n for n, often in enumerate(visits) if random.random() < 0.01 * often / 28]
        days.append({})
        for number in whose:
            days[-1][people[number]] = days[-1].get(people[number], 0) + 1
    for one, often in zip(people, visits, strict=True):
        history._seen[one] = often
    assert len(history.unnamed(days, people)) <= 2
    for day in days[::4]:
        day["s5"] = day.get("s5", 0) + 2
    assert "s5" in [one.subject for one in history.unnamed(days, people)]


def test_whoever_comes_ten_times_as_often_and_is_missed_as_often_is_not_singled_out() -> None:
    people = [f"s{number}" for number in range(60)]
    history = _came([*people, "guard"], 20)
    history._seen["guard"] = 200
    days = [{"guard": 2, **dict.fromkeys(people[back * 12 : back * 12 + 12], 1)}
            for back in range(5)]  # fmt: skip
    assert history.unnamed(days, [*people, "guard"]) == []


def test_where_everybody_is_missed_alike_nobody_is_singled_out() -> None:
    people = [f"s{number}" for number in range(60)]
    days = [dict.fromkeys(people, 1) for _ in range(8)]
    assert _came(people).unnamed(days, people) == []
    assert _came(people).unnamed([], people) == []
    assert _came([]).unnamed([], []) == []
