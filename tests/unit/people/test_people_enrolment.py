import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from face_rec.domain.errors import (
    Conflict,
    ConsentMissing,
    FaceRecError,
    FaceTaken,
    IdTaken,
    PackMissing,
    PeopleError,
    PersonMissing,
    PictureRefused,
    StoreUnavailable,
)
from face_rec.domain.faces import Frame, Image, Vector, View
from face_rec.domain.people import ERASED, Person, Template
from face_rec.domain.pictures import kept_of
from face_rec.people.change.plan import missing
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.kept_photos import MOST_TEMPLATES, KeptPhotos, chosen
from face_rec.people.photos.capture_hints import hint
from face_rec.people.photos.photo_check import EnrolPhoto, name_of
from face_rec.people.photos.photo_checks import CODES
from face_rec.people.photos.photos import KEPT_SIDE, decode, surroundings
from face_rec.people.photos.quality import assess
from face_rec.stores.redis import keys
from tests.fakes.enrolment import CONSENT, People, painted
from tests.fakes.models import FakeDetector, blank_frame, fake_models

LEFT, RIGHT = (0.15, 0.0), (-0.15, 0.0)


def _refused(people: People, image: Image) -> str:
    with pytest.raises(PictureRefused) as refused:
        people.enrolment.check(image)
    assert len(str(refused.value)) > 20
    return refused.value.code


def _looks(photo: EnrolPhoto, count: int) -> list[EnrolPhoto]:
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
    photos = _looks(people.photo(1, LEFT), 2)
    return ada, people.enrolment.keep_for_decision(people.details("twin"), photos, ada.subject)


# --- photos


def test_a_good_photo_is_accepted_with_its_view_and_thumbnail() -> None:
    people = People()
    assert people.photo(1).view is View.FRONT
    photo = people.photo(1, LEFT)
    assert photo.view is View.LEFT
    assert max(photo.thumbnail.shape) <= 160
    assert np.linalg.norm(photo.vector) == pytest.approx(1, abs=1e-5)


def test_a_photo_needs_exactly_one_face() -> None:
    people = People()
    assert _refused(people, blank_frame()) == "no_face"
    assert _refused(people, painted(1, others=1)) == "several_faces"
    assert _refused(people, painted(1, others=3)) == "several_faces"


def test_a_dark_photo_is_refused() -> None:
    photo = painted(3)
    photo[109:251, 49:191] //= 12  # all but the frame that the fake detector looks for
    assert _refused(People(), photo) == "dark"


def test_a_photo_of_somebody_else_is_refused() -> None:
    people = People()
    with pytest.raises(PictureRefused) as refused:
        people.enrolment.check(painted(9), [people.photo(1)])
    assert refused.value.code == "other_person"


def test_without_a_model_the_page_can_say_so() -> None:
    with pytest.raises(PackMissing):
        People(models=None).enrolment.check(painted(1))


# --- registering


def test_a_person_is_registered_with_all_their_looks() -> None:
    people = People()
    photos = [people.photo(1), people.photo(1, LEFT), people.photo(1, RIGHT)]
    person = people.enrolment.register(people.details(" 7 ", "Ada"), photos)
    assert person.id == "7"
    assert {info.view for info in person.templates} == {View.FRONT, View.LEFT, View.RIGHT}
    assert person.photo is not None
    assert person.photo.startswith(f"people/{person.subject}/")
    assert decode(people.snapshots.get(person.photo)).shape[2] == 3
    assert people.store.by_id("7") == person


def _kept(people: People, person: Person) -> dict[str, bytes]:
    """The kept photos that there are of somebody, by name."""
    found = {key: kept_of(key) for key in people.snapshots.jpegs}
    return {
        kept[1]: people.snapshots.jpegs[key]
        for key, kept in found.items()
        if kept and kept[0] == person.subject
    }


def test_every_accepted_photo_is_kept_and_its_template_knows_it() -> None:
    people = People()
    photos = [people.photo(1), people.photo(1, LEFT)]
    person = people.enrolment.register(people.details(), photos)
    person = people.enrolment.add_photos(person.subject, [people.photo(1, RIGHT)])
    kept = _kept(people, person)
    assert [info.photo for info in person.templates] == list(kept)
    assert len(kept) == 3
    assert all(name_of(jpeg) == name for name, jpeg in kept.items())
    again = people.enrolment.check(decode(kept[photos[0].name]))
    assert float(again.vector @ photos[0].vector) > 0.99


def test_a_kept_photo_shows_the_face_in_the_middle_of_three_times_its_size() -> None:
    image = painted(1, size=300)  # the picture ends 40 px left of the face
    people = People()
    (face,) = FakeDetector().detect(image, 640)
    kept = decode(people.photo(1).picture)
    assert kept.shape[:2] == (480, 480), "in the picture's own pixels"
    wide = surroundings(image, face.box)
    assert wide.shape[:2] == (KEPT_SIDE, KEPT_SIDE)
    (found,) = FakeDetector().detect(wide, KEPT_SIDE)
    assert found.box.centre == pytest.approx((KEPT_SIDE / 2, KEPT_SIDE / 2), abs=4)
    assert found.box.width == pytest.approx(KEPT_SIDE / 3, abs=4)


def test_a_site_that_keeps_no_photos_keeps_the_portrait_only() -> None:
    people = People(keep_photos=False)
    person = people.enrolment.register(people.details(), [people.photo(1)])
    person = people.enrolment.add_photos(person.subject, [people.photo(1, LEFT)])
    assert [info.photo for info in person.templates] == ["", ""]
    assert list(people.snapshots.jpegs) == [person.photo]


def test_a_removed_template_takes_its_photo_along_and_what_other_models_made_of_it() -> None:
    people = People()
    first = [people.photo(1), people.photo(1, LEFT)]
    person = people.enrolment.register(people.details(), first)
    stored = people.store.templates(person.subject)
    other = [
        Template(
            dataclasses.replace(one.info, slot=one.info.slot + 10, contract="other"), one.vector
        )
        for one in stored
    ]
    revision = people.store.revision()
    people.store.put_templates(person.subject, [*stored, *other], person.version, revision)
    person = people.enrolment.remove_template(person.subject, 0)
    assert [info.slot for info in person.templates] == [1, 11]
    assert list(_kept(people, person)) == [first[1].name]
    with pytest.raises(PeopleError, match="last"):
        people.enrolment.remove_template(person.subject, 1)


def test_a_photo_that_could_not_be_removed_is_removed_by_the_daily_run() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1), people.photo(1, LEFT)])
    people.snapshots.away = True
    person = people.enrolment.remove_template(person.subject, 0)
    people.snapshots.away = False
    assert len(_kept(people, person)) == 2
    tidied = KeptPhotos(people.snapshots).tidy(people.store.many)
    assert list(_kept(people, person)) == [person.templates[0].photo]
    assert (tidied.photos, tidied.removed) == (1, 1)
    assert tidied.bytes == sum(map(len, _kept(people, person).values()))


def test_once_photos_are_not_to_be_kept_those_of_before_go_and_portraits_stay() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1)])
    KeptPhotos(people.snapshots, everything=False).tidy(people.store.many)
    assert list(people.snapshots.jpegs) == [person.photo]


def test_a_database_that_has_lost_people_does_not_cost_their_photos() -> None:
    people = People()
    person = people.enrolment.register(people.details(), [people.photo(1)])
    KeptPhotos(people.snapshots).tidy(lambda _: {})
    assert len(_kept(people, person)) == 1


def test_the_face_from_the_front_is_the_picture() -> None:
    people = People()
    front = people.photo(1)
    photos = [people.photo(1, LEFT), front]
    person = people.enrolment.register(people.details(), photos)
    assert person.photo is not None
    shown = decode(people.snapshots.get(person.photo))
    assert np.abs(shown.astype(int) - front.portrait).mean() < 6


def test_namesakes_are_two_people() -> None:
    people = People()
    one = people.enrolment.register(people.details("1", "Ada"), [people.photo(1)])
    two = people.enrolment.register(people.details("2", "Ada"), [people.photo(9)])
    assert one.subject != two.subject


def test_no_consent_no_face() -> None:
    people = People()
    withdrawn = dataclasses.replace(CONSENT, withdrawn_at=datetime(2025, 4, 1, tzinfo=UTC))
    for consent in (None, withdrawn):
        details = dataclasses.replace(people.details(), consent=consent)
        with pytest.raises(ConsentMissing):
            people.enrolment.register(details, [people.photo(1)])
    assert people.store.count() == 0
    assert people.snapshots.jpegs == {}


def test_an_id_in_use_is_refused_before_the_face_is_looked_at() -> None:
    people = People()
    people.enrolment.register(people.details("7"), [people.photo(1)])
    with pytest.raises(IdTaken, match="Ada"):
        people.enrolment.register(people.details("7", "Eve"), [people.photo(1)])


def test_a_face_is_registered_once_unless_a_reason_is_given() -> None:
    people = People()
    first = people.enrolment.register(people.details("1"), [people.photo(1)])
    with pytest.raises(FaceTaken, match="Ada") as taken:
        people.enrolment.register(people.details("2", "Eve"), [people.photo(1)])
    assert taken.value.subject == first.subject
    assert people.store.count() == 1
    people.enrolment.register(people.details("2", "Eve"), [people.photo(1)], "twin sister")
    assert people.store.count() == 2


def test_all_whose_face_it_may_be_are_named() -> None:
    """Registered twice with a reason, or by an import of before: whoever decides sees both."""
    people = People()
    ada = people.enrolment.register(people.details("1"), [people.photo(1)])
    eve = people.enrolment.register(people.details("2", "Eve"), [people.photo(1)], "twin sister")
    people.enrolment.register(people.details("3", "Max"), [people.photo(2)])
    with pytest.raises(FaceTaken, match=r"Ada.* and as .*Eve|Eve.* and as .*Ada") as taken:
        people.enrolment.register(people.details("4", "Zoe"), [people.photo(1)])
    assert {taken.value.subject, *taken.value.others} == {ada.subject, eve.subject}


def test_who_is_like_oneself_first_is_asked_for_no_reason_with_every_photo() -> None:
    """The other twin is no news. Of a photo that shows the other one more, it is."""
    people = People()
    ada = people.enrolment.register(people.details("1"), [people.photo(1)])
    near = dataclasses.replace(people.photo(1), vector=_towards(people, 1, 2, 0.25))
    people.enrolment.register(people.details("2", "Eve"), [near], "twin sister")
    people.enrolment.add_photos(ada.subject, [people.photo(1, LEFT)])
    with pytest.raises(FaceTaken, match="Eve"):
        people.enrolment.add_photos(ada.subject, [near])


def _towards(people: People, one: int, other: int, share: float) -> Vector:
    """The face of ``one``, by so much like ``other``."""
    both = (1 - share) * people.photo(one).vector + share * people.photo(other).vector
    return np.asarray(both / np.linalg.norm(both), np.float32)


def test_two_admins_cannot_register_one_face_at_the_same_time() -> None:
    """Both look at a gallery without the face, then both write."""
    people = People()
    photo = people.photo(1)
    meeting = threading.Barrier(2, timeout=10)
    waits = threading.local()

    def wait(revision: int, timeout: float) -> bool:
        done = people.caught_up(revision, timeout)
        if not getattr(waits, "met", False):
            waits.met = True
            meeting.wait()
        return done

    people.enrolment.duplicates._wait = wait
    outcomes: list[Person | FaceRecError] = []

    def register(number: int) -> None:
        try:
            outcomes.append(people.enrolment.register(people.details(f"{number}"), [photo]))
        except FaceRecError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=register, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FaceTaken", "Person"]
    assert people.store.count() == 1
    assert len(people.snapshots.jpegs) == 2  # the portrait and the kept photo


def test_a_gallery_that_is_still_loading_stops_the_registration() -> None:
    people = People()
    photo = people.photo(1)
    people.enrolment.duplicates._wait = lambda *_: False
    with pytest.raises(Conflict, match="still being loaded"):
        people.enrolment.register(people.details(), [photo])
    assert people.store.count() == 0


def test_photos_of_two_models_do_not_mix() -> None:
    people = People()
    old = people.photo(1)
    people.models.models = fake_models(digest="other")
    with pytest.raises(Conflict, match="model"):
        people.enrolment.register(people.details(), [old, people.photo(1)])
    with pytest.raises(Conflict, match="model"):
        people.enrolment.register(people.details(), [old])
    assert people.store.count() == 0


def test_redis_away_leaves_nothing_behind() -> None:
    people = People()
    photo = people.photo(1)
    people.store.available = False
    with pytest.raises(StoreUnavailable):
        people.enrolment.register(people.details(), [photo])
    assert people.snapshots.jpegs == {}


def test_a_picture_store_that_is_away_does_not_undo_a_registration() -> None:
    people = People()
    people.snapshots.away = True
    person = people.enrolment.register(people.details(), [people.photo(1)])
    assert person.photo is None
    assert people.store.get(person.subject) == person


def test_no_photo_no_person() -> None:
    people = People()
    with pytest.raises(PeopleError, match="photo"):
        people.enrolment.register(people.details(), [])


# --- changing


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
    photos = _looks(people.photo(1, RIGHT), 2)
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


# --- weak photos


def _small(people: People, who: int = 1) -> EnrolPhoto:
    return people.enrolment.check(painted(who, size=50))


def test_a_small_face_is_taken_as_weak_where_nothing_better_comes() -> None:
    people = People()
    assert _refused(people, painted(1, size=30)) == "small"
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


# --- the portrait


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


# --- what a photo must show


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
