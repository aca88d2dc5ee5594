"""What becomes of a registration whose photos may have been taken of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from face_rec.domain.enrolment_errors import DetailsRefused, FaceDoubted
from face_rec.domain.faces import Face, Image, View
from face_rec.domain.liveness import Cue, Finding, Judgement, Liveness
from face_rec.domain.people import Person, PhotoLife, life_words
from face_rec.people.photos.capture import STEPS, GuidedCapture
from face_rec.people.photos.photo_check import EnrolPhoto
from tests.fakes.capture import NOSES
from tests.fakes.enrolment import People, frame, painted

EDGE = Judgement(Liveness.ATTACK, findings=(Finding(Cue.EDGE, 2.0, Liveness.ATTACK),))


@dataclass
class ToldWatch:
    """Says what it was told to; ``seen`` counts the pictures."""

    says: Judgement | None
    near: bool = False
    seen: list[float] = field(default_factory=list)
    asked: Sequence[float] = ()

    def see(self, image: Image, face: Face, at: float) -> None:
        self.seen.append(at)

    def judgement(self, taken: Sequence[float]) -> Judgement | None:
        self.asked = taken
        return self.says


def captured(
    people: People, says: Judgement | None, near: bool = False, watch: ToldWatch | None = None
) -> GuidedCapture:
    guide = GuidedCapture(people.enrolment.examiner, watch=watch or ToldWatch(says, near))
    number = 0
    for view in STEPS:
        for _ in range(8):
            number += 1
            guide.process(frame(painted(1, NOSES[view]), number, number / 10))
    return guide


def registered(says: Judgement | None, vouched: str = "") -> Person:
    people = People()
    guide = captured(people, says)
    return people.enrolment.register(people.details(), guide.taken(), vouched=vouched)


@pytest.mark.parametrize(
    ("says", "life"),
    [(Judgement(Liveness.LIVE), "live"), (Judgement(Liveness.UNSURE), "unsure"), (None, "")],
    ids=str,
)
def test_what_the_capture_found_is_kept_with_every_photo(says: Judgement, life: str) -> None:
    person = registered(says)
    assert {info.life for info in person.templates} == {life}
    assert len(person.templates) == len(STEPS)
    assert person.life == life
    assert person.doubted is (life == "unsure")
    assert person.vouched == ""


def test_it_is_judged_for_the_times_of_the_photos_that_are_left() -> None:
    watch = ToldWatch(Judgement(Liveness.LIVE))
    guide = captured(People(), None, watch=watch)
    guide.taken()
    before = list(watch.asked)
    assert len(before) == len(STEPS)
    assert set(before) <= set(watch.seen)
    guide.remove(guide.state().photos[1])
    guide.taken()
    assert list(watch.asked) == [before[0], *before[2:]]


def test_photos_of_a_picture_are_not_taken_and_why_is_said() -> None:
    with pytest.raises(FaceDoubted) as refused:
        registered(EDGE)
    assert refused.value.why == Cue.EDGE.words
    assert Cue.EDGE.words in str(refused.value)
    people = People()
    with pytest.raises(FaceDoubted):
        people.enrolment.register(people.details(), captured(people, EDGE).taken(), vouched="  ")
    assert people.store.count() == 0
    assert list(people.snapshots.keys()) == []


def test_an_administrator_s_word_is_kept_with_what_it_was_given_against() -> None:
    person = registered(EDGE, "Stands beside me")
    assert person.vouched == f"Stands beside me (against: {Cue.EDGE.words})"
    assert person.life == PhotoLife.ATTACK
    assert person.doubted
    with pytest.raises(DetailsRefused):
        registered(EDGE, "x" * 201)


def test_a_word_that_nobody_needed_is_not_kept() -> None:
    assert registered(Judgement(Liveness.LIVE), "Stands beside me").vouched == ""


def test_nobody_can_vouch_for_photos_that_are_added_to_somebody() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1)])
    with pytest.raises(FaceDoubted):
        people.enrolment.add_photos(person.subject, captured(people, EDGE).taken())
    assert len(people.store.templates(person.subject)) == 1


def test_one_picture_says_nothing_and_is_marked_as_such() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1)])
    assert person.life == PhotoLife.FILE
    assert not person.doubted


def test_of_several_photos_the_poorest_is_told() -> None:
    people = People()
    photo: EnrolPhoto = people.photo(1)
    live = replace(photo, life="live", quality=replace(photo.quality, view=View.LEFT))
    assert people.enrolment.register(people.details(), [photo, live]).life == PhotoLife.FILE


def test_who_is_too_near_for_the_models_is_asked_to_move_back_before_the_first_photo() -> None:
    people = People()
    guide = captured(people, Judgement(Liveness.UNSURE), near=True)
    assert guide.state().photos == ()
    guide.process(frame(painted(1), 99, 99.0))
    assert guide.state().hint == "Move back a little, so that there is room around your head."


def test_what_a_later_version_found_is_shown_as_it_is() -> None:
    assert life_words("unsure") == "liveness not sure"
    assert life_words("deepfake") == "deepfake"
