"""Photos that are taken where nothing better comes, the portrait, and what a photo must show."""

import dataclasses

import pytest

from face_rec.domain.errors import PictureRefused
from face_rec.domain.faces import Frame, View
from face_rec.domain.people import Person
from face_rec.people.change.plan import missing
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.capture_hints import hint
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photo_checks import CODES
from face_rec.people.photos.quality import assess
from tests.fakes.enrolment import People, painted
from tests.fakes.models import fake_models
from tests.unit.people.looks import LEFT, RIGHT, refusal_of


def _small(people: People, who: int = 1) -> EnrolPhoto:
    return people.enrolment.check(painted(who, size=50))


def test_a_small_face_is_taken_as_weak_where_nothing_better_comes() -> None:
    people = People()
    assert refusal_of(people, painted(1, size=30)) == "small"
    weak = _small(people)
    assert weak.weak == "small"
    person = people.enrolment.register(people.details(), [weak])
    assert person.weak
    assert [info.weak for info in person.templates] == ["small"]


def test_weak_photos_are_left_out_beside_good_ones() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [_small(people), people.photo(1)])
    assert [info.weak for info in person.templates] == [""]
    with pytest.raises(PictureRefused, match="too small"):
        people.enrolment.add_photos(person.subject, [_small(people)])


def test_weak_photos_go_when_a_good_one_comes() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [_small(people)])
    (weak,) = person.templates
    better = people.enrolment.add_photos(person.subject, [people.photo(1, LEFT)])
    assert not better.weak
    assert [info.weak for info in better.templates] == [""]
    assert all(weak.photo not in key for key in list(people.snapshots.keys()))


def test_weak_photos_go_with_what_another_model_made_of_them() -> None:
    """Or the change of the model makes them again, from the photo that is still named."""
    people = People()
    person = people.enrolment.register(people.details(), [_small(people)])
    (weak,) = people.store.templates(person.subject)
    twin = dataclasses.replace(weak, info=dataclasses.replace(weak.info, slot=1, contract="new"))
    people.store.put_templates(
        person.subject, [weak, twin], person.version, people.store.revision()
    )
    better = people.enrolment.add_photos(person.subject, [people.photo(1)])
    assert [info.weak for info in better.templates] == [""]
    assert missing(better, weak.info.contract) == []
    assert missing(better, "new") == [better.templates[0].photo]
    assert all(weak.info.photo not in key for key in list(people.snapshots.keys()))


def _slot(person: Person, view: View) -> int:
    return next(info.slot for info in person.templates if info.view is view)


@pytest.mark.parametrize("keep_photos", [True, False])
def test_a_photo_that_is_removed_does_not_stay_as_the_portrait(keep_photos: bool) -> None:
    people = People(keep_photos=keep_photos)
    photos = [people.photo(1, LEFT), people.photo(1)]
    person = people.enrolment.register(people.details(), photos)
    assert person.photo
    was = people.snapshots.get(person.photo)
    left = people.enrolment.remove_template(person.subject, _slot(person, View.FRONT))
    assert left == people.store.get(person.subject)
    assert person.photo not in people.snapshots.jpegs
    assert was not in people.snapshots.jpegs.values()
    assert bool(left.photo) == keep_photos, "made of another photo, where one is kept"
    assert missing(left, "new") == ([left.templates[0].photo] if keep_photos else [])
    again = people.enrolment.add_photos(person.subject, [people.photo(1, RIGHT)])
    assert again.photo in people.snapshots.jpegs


def test_the_portrait_stays_where_another_photo_goes() -> None:
    people = People(keep_photos=False)
    photos = [people.photo(1), people.photo(1, LEFT)]
    person = people.enrolment.register(people.details(), photos)
    left = people.enrolment.remove_template(person.subject, _slot(person, View.LEFT))
    assert left.photo == person.photo
    assert left.photo in people.snapshots.jpegs


def test_the_portrait_of_a_weak_photo_goes_with_it() -> None:
    people = People(keep_photos=False)
    person = people.enrolment.register(people.details(), [_small(people)])
    better = people.enrolment.add_photos(person.subject, [people.photo(1)])
    assert better.photo != person.photo
    assert list(people.snapshots.jpegs) == [better.photo]


def test_the_guided_capture_takes_no_weak_photo() -> None:
    people = People()
    guided = people.enrolment.guided()
    for number in range(6):
        guided.process(Frame(painted(1, size=50), number, number * 0.5))
    assert guided.state().photos == ()
    assert guided.state().hint == "Come closer."


def _checked(codes: list[str | None]) -> Enrolment:
    """An enrolment whose further check finds ``codes``, one after the other."""
    people = People()
    people.models.models = fake_models()
    return Enrolment(
        people=people.store, writer=people.store, models=people.models, assess=assess,
        duplicates=DuplicateCheck(
            people.store, people.models, people.follower.gallery, people.caught_up
        ),
        photos=KeptPhotos(people.snapshots), clock=people.clock,
        check=lambda image, face, detector: codes.pop(0),  # noqa: ARG005
    )  # fmt: skip


@pytest.mark.parametrize("code", sorted(CODES.values()))
def test_what_the_check_finds_is_refused_in_words_to_act_on(code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        _checked([code]).check(painted(1))
    assert refused.value.code == code
    assert len(str(refused.value)) > 30
    assert hint(code)


def test_the_guided_capture_waits_until_the_face_is_free() -> None:
    guided = _checked(["covered", "covered", None]).guided()
    hints = []
    for number in range(8):
        guided.process(Frame(painted(1, size=160), number, number * 0.5))
        hints.append(guided.state().hint)
    assert hints.count("Show mouth and nose.") == 2
    assert [photo.view for photo in guided.state().photos] == [View.FRONT]
