"""Photos are looked at, and somebody is registered with them."""

import dataclasses
import threading
from datetime import UTC, datetime

import numpy as np
import pytest

from face_rec.domain.enrolment_errors import ConsentMissing, FaceTaken, IdTaken
from face_rec.domain.errors import (
    Conflict,
    FaceRecError,
    PackMissing,
    PeopleError,
    PictureRefused,
    StoreUnavailable,
)
from face_rec.domain.faces import Vector, View
from face_rec.domain.people import Person, Template
from face_rec.domain.pictures import kept_of
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.photo_check import name_of
from face_rec.people.photos.photos import KEPT_SIDE, decode, surroundings
from tests.fakes.enrolment import CONSENT, People, painted
from tests.fakes.models import FakeDetector, blank_frame, fake_models
from tests.unit.people.looks import LEFT, RIGHT, refusal_of


def test_a_good_photo_is_accepted_with_its_view_and_thumbnail() -> None:
    people = People()
    assert people.photo(1).view is View.FRONT
    photo = people.photo(1, LEFT)
    assert photo.view is View.LEFT
    assert max(photo.thumbnail.shape) <= 160
    assert np.linalg.norm(photo.vector) == pytest.approx(1, abs=1e-5)


def test_a_photo_needs_exactly_one_face() -> None:
    people = People()
    assert refusal_of(people, blank_frame()) == "no_face"
    assert refusal_of(people, painted(1, others=1)) == "several_faces"
    assert refusal_of(people, painted(1, others=3)) == "several_faces"


def test_a_dark_photo_is_refused() -> None:
    photo = painted(3)
    photo[109:251, 49:191] //= 12  # all but the frame that the fake detector looks for
    assert refusal_of(People(), photo) == "dark"


def test_a_photo_of_somebody_else_is_refused() -> None:
    people = People()
    with pytest.raises(PictureRefused) as refused:
        people.enrolment.check(painted(9), [people.photo(1)])
    assert refused.value.code == "other_person"


def test_without_a_model_the_page_can_say_so() -> None:
    with pytest.raises(PackMissing):
        People(models=None).enrolment.check(painted(1))


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
