"""Photos are added and removed, records joined, activated and edited."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from face_rec.domain.enrolment_errors import ConsentMissing, FaceTaken
from face_rec.domain.errors import Conflict, PeopleError, PersonMissing, PictureRefused
from face_rec.domain.people import ERASED, Person
from face_rec.domain.pictures import kept_of
from face_rec.people.kept_photos import MOST_TEMPLATES, chosen
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.stores.redis import keys
from tests.fakes.enrolment import CONSENT, People
from tests.fakes.models import fake_models
from tests.unit.people.looks import LEFT, RIGHT


def looks_of(photo: EnrolPhoto, count: int) -> list[EnrolPhoto]:
    """Photos of the same person, no two of them the same."""
    looks = []
    for number in range(count):
        vector = photo.vector.copy()
        vector[number] += 0.1
        vector /= np.linalg.norm(vector)
        picture = photo.picture + b"%d" % number
        looks.append(dataclasses.replace(photo, vector=vector, picture=picture))
    return looks


def _undecided(people: People) -> tuple[Person, Person]:
    """Somebody registered, and another record with their face that waits for a decision."""
    ada = people.enrolment.register(people.details("ada"), [people.photo(1)])
    photos = looks_of(people.photo(1, LEFT), 2)
    return ada, people.enrolment.keep_for_decision(people.details("twin"), photos, ada.subject)


def _registered(people: People, who: int = 1) -> Person:
    return people.enrolment.register(people.details(f"id{who}"), [people.photo(who)])


def test_templates_can_be_added_up_to_ten() -> None:
    people = People()
    person = _registered(people)
    for _ in range(2):
        person = people.enrolment.add_photos(person.subject, [people.photo(1, LEFT)] * 6)
    assert len(person.templates) == MOST_TEMPLATES == keys.MAX_TEMPLATES // 2
    assert {info.slot for info in person.templates} == set(range(MOST_TEMPLATES))
    with pytest.raises(PeopleError, match="Remove"):
        people.enrolment.add_photos(person.subject, [people.photo(1)])


def test_a_strangers_photo_is_not_added() -> None:
    people = People()
    person = _registered(people)
    with pytest.raises(PictureRefused):
        people.enrolment.add_photos(person.subject, [people.photo(9)])
    assert people.store.get(person.subject) == person


def test_templates_of_another_model_stay_and_make_room_only_when_needed() -> None:
    people = People()
    person = _registered(people)
    people.models.models = fake_models(digest="other")
    person = people.enrolment.add_photos(person.subject, [people.photo(1)] * 4)
    assert [info.contract for info in person.templates].count("fake") == 1
    person = people.enrolment.add_photos(person.subject, [people.photo(1)] * 6)
    assert [info.contract for info in person.templates].count("fake") == 1
    people.models.models = fake_models(digest="third")
    person = people.enrolment.add_photos(person.subject, [people.photo(1)] * 10)
    assert [info.contract for info in person.templates].count("third") == MOST_TEMPLATES
    assert len(person.templates) == keys.MAX_TEMPLATES, "the eleven others have lost one"


def test_adding_photos_needs_a_person_with_consent() -> None:
    people = People()
    with pytest.raises(PersonMissing):
        people.enrolment.add_photos("nobody", [people.photo(1)])
    person = _registered(people)
    gone = dataclasses.replace(CONSENT, withdrawn_at=datetime(2025, 4, 1, tzinfo=UTC))
    people.store.update(dataclasses.replace(person, consent=gone))
    with pytest.raises(ConsentMissing):
        people.enrolment.add_photos(person.subject, [people.photo(1)])


def test_the_last_template_stays() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1), people.photo(1, LEFT)])
    person = people.enrolment.remove_template(person.subject, 0)
    assert [info.slot for info in person.templates] == [1]
    with pytest.raises(PeopleError, match="last"):
        people.enrolment.remove_template(person.subject, 1)


def test_of_two_admins_who_edit_one_person_the_second_is_told() -> None:
    people = People()
    person = _registered(people)
    people.enrolment.edit(dataclasses.replace(person, name=" Ada L. "))
    with pytest.raises(Conflict):
        people.enrolment.edit(dataclasses.replace(person, name="Eve"))
    stored = people.store.get(person.subject)
    assert stored is not None
    assert stored.name == "Ada L."


def test_who_was_registered_again_meanwhile_is_not_reactivated() -> None:
    people = People()
    person = _registered(people)
    people.enrolment.set_active(person.subject, active=False)
    people.enrolment.register(people.details("new"), [people.photo(1)])
    people.caught_up(people.store.revision(), 0)
    with pytest.raises(FaceTaken):
        people.enrolment.set_active(person.subject, active=True)
    assert people.enrolment.set_active(person.subject, active=True, reason="twin").active


def test_every_view_is_kept_before_a_second_of_one() -> None:
    people = People()
    front, left = people.photo(1), people.photo(1, LEFT)
    poor_left = dataclasses.replace(left, quality=dataclasses.replace(left.quality, score=0.1))
    assert chosen([front, front, front, poor_left], room=2) == [front, poor_left]


def test_to_activate_who_resembles_another_is_to_say_that_they_are_two() -> None:
    people = People()
    ada, twin = _undecided(people)
    assert (twin.resembles, twin.active) == (ada.subject, False)
    with pytest.raises(FaceTaken):
        people.enrolment.set_active(twin.subject, True)
    two = people.enrolment.set_active(twin.subject, True, "twins")
    assert (two.active, two.resembles) == (True, "")
    with pytest.raises(PeopleError, match="nothing to decide"):
        people.enrolment.join(twin.subject)


def _of_another_model(people: People, _: Person) -> None:
    people.models.models = fake_models("b")


def _without_the_other(people: People, other: Person) -> None:
    people.enrolment.set_active(other.subject, False)


@pytest.mark.parametrize("happens", [_of_another_model, _without_the_other])
def test_who_resembles_another_needs_a_reason_also_where_the_gallery_does_not_know_them(
    happens: Callable[[People, Person], None],
) -> None:
    people = People()
    ada, twin = _undecided(people)
    happens(people, ada)
    for reason in ("", " "):
        with pytest.raises(FaceTaken, match=r"Ada \(ID ada\)") as refused:
            people.enrolment.set_active(twin.subject, True, reason)
        assert refused.value.subject == ada.subject
    assert people.enrolment.set_active(twin.subject, True, "twins").active


def test_whoever_activates_is_told_all_whom_they_resemble_now() -> None:
    people = People()
    ada, twin = _undecided(people)
    eve = people.enrolment.register(people.details("eve", "Eve"), [people.photo(1)], "twin sister")
    people.caught_up(people.store.revision(), 0)
    with pytest.raises(FaceTaken, match=r"Ada \(ID ada\) and as Eve \(ID eve\)") as refused:
        people.enrolment.set_active(twin.subject, True)
    assert (refused.value.subject, *refused.value.others) == (ada.subject, eve.subject)


def test_who_resembled_somebody_that_is_not_here_any_more_needs_no_reason() -> None:
    people = People()
    ada, twin = _undecided(people)
    people.store.delete(ada.subject)
    assert people.enrolment.set_active(twin.subject, True).active


def test_who_was_erased_while_the_import_found_them_is_not_written_down() -> None:
    people = People()
    ada, _ = _undecided(people)
    people.store.delete(ada.subject)
    late = people.enrolment.keep_for_decision(
        people.details("late"), [people.photo(2)], ada.subject
    )
    assert (late.resembles, late.active) == (ERASED, False)
    with pytest.raises(PeopleError, match="is erased"):
        people.enrolment.join(late.subject)
    assert people.enrolment.set_active(late.subject, True).active


def test_no_photos_are_joined_out_of_a_consent_that_was_withdrawn() -> None:
    people = People()
    ada, twin = _undecided(people)
    withdrawn = dataclasses.replace(CONSENT, withdrawn_at=people.clock.now())
    people.store.update(dataclasses.replace(twin, consent=withdrawn))
    with pytest.raises(ConsentMissing, match="twin"):
        people.enrolment.join(twin.subject)
    assert people.store.get(ada.subject) == ada


def test_a_change_of_the_name_decides_nothing() -> None:
    people = People()
    ada, twin = _undecided(people)
    edited = people.enrolment.edit(dataclasses.replace(twin, name="Eve", resembles=""))
    assert edited.resembles == ada.subject


def test_two_records_of_one_person_are_joined_once() -> None:
    people = People()
    ada, twin = _undecided(people)
    for _ in range(2):  # the erasure may have been called off in between
        joined = people.enrolment.join(twin.subject)
        assert joined.subject == ada.subject
        assert sorted(info.slot for info in joined.templates) == [0, 1, 2]
    kept = [kept_of(key) for key in list(people.snapshots.keys())]
    assert {name for subject, name in filter(None, kept) if subject == ada.subject} == {
        info.photo for info in joined.templates
    }


def test_a_joined_record_brings_no_more_photos_than_a_person_may_have() -> None:
    people = People()
    ada = people.enrolment.register(people.details("ada"), [people.photo(1)])
    people.enrolment.add_photos(ada.subject, [people.photo(1, LEFT)] * (MOST_TEMPLATES - 2))
    photos = looks_of(people.photo(1, RIGHT), 2)
    twin = people.enrolment.keep_for_decision(people.details("twin"), photos, ada.subject)
    assert len(people.enrolment.join(twin.subject).templates) == MOST_TEMPLATES


def test_the_limit_for_a_duplicate_does_not_fall_with_the_number_of_photos() -> None:
    """Strangers whose photos are as alike as the limit allows: their means are far more alike,
    and they are two people all the same."""
    people = People()
    limit = fake_models().calibration.threshold(1)
    photo = people.photo(1)
    dimension = len(photo.vector)

    def looks(first: int, alike: float) -> list[EnrolPhoto]:
        """Three photos that have only a part in common, as with everybody else."""
        rows = np.zeros((3, dimension), np.float32)
        rows[:, 0] = np.sqrt(alike)
        rows[range(3), range(first, first + 3)] = np.sqrt(1 - alike)
        return [dataclasses.replace(photo, vector=row) for row in rows]

    people.enrolment.register(people.details("ada"), looks(1, limit * 0.9))
    people.enrolment.register(people.details("bo"), looks(4, limit * 0.9))
    with pytest.raises(FaceTaken):
        people.enrolment.register(people.details("eve"), looks(7, limit * 1.3))
