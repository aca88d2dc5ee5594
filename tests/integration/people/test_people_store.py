"""The contract of a people store, held by Redis, by a cluster and by the fake alike."""

import dataclasses
import threading
from collections.abc import Callable

import numpy as np
import pytest

from face_rec.domain.enrolment_errors import IdTaken
from face_rec.domain.errors import Conflict, PeopleError, PersonMissing, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.protocols.people_store import PeopleStore
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.people import FakePeople
from tests.samples import CONSENT, CONTRACT, ODD_TEXTS, a_person, a_template, added


def _at_once(number: int, act: Callable[[int], Person]) -> list[Person | Exception]:
    start = threading.Barrier(number)
    outcomes: list[Person | Exception] = []

    def run(n: int) -> None:
        start.wait()
        try:
            outcomes.append(act(n))
        except PeopleError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_an_empty_store_holds_nobody(people: PeopleStore) -> None:
    assert people.revision() == 0
    assert people.count() == 0
    assert list(people.all()) == []
    assert list(people.entries(CONTRACT)) == []
    assert people.many([]) == {}
    assert people.get("nobody") is None
    assert people.by_id("7") is None
    assert people.changes(0) == []


def test_everybody_is_read_once_a_revision_and_comes_by_subject(people: PeopleStore) -> None:
    assert people.everybody().people == ()
    one, two = added(people), added(people, a_person("8"))
    everybody = people.everybody()
    assert everybody.people == tuple(sorted((one, two), key=lambda person: person.subject))
    assert everybody.revision == people.revision()
    assert people.everybody() is everybody
    renamed = people.update(dataclasses.replace(one, name="Other"))
    assert renamed in people.everybody().people
    people.delete(two.subject)
    assert people.everybody().people == (renamed,)


def test_everybody_is_not_told_of_while_the_store_is_away() -> None:
    people = FakePeople()
    people.everybody()
    people.available = False
    with pytest.raises(StoreUnavailable):
        people.everybody()


def test_a_created_person_reads_back_the_same(people: PeopleStore) -> None:
    person = added(people)
    assert person.version == 1
    assert person.created_at == person.updated_at == MORNING
    assert person.consent == CONSENT
    assert [info.slot for info in person.templates] == [0, 1, 2]
    assert people.get(person.subject) == person
    assert people.by_id("7") == person
    assert people.many([person.subject, "nobody"]) == {person.subject: person}
    assert list(people.all()) == [person]
    assert people.count() == 1


def test_templates_read_back_bit_for_bit(people: PeopleStore) -> None:
    person = added(people)
    stored = people.templates(person.subject)
    assert [t.info for t in stored] == list(person.templates)
    for template in stored:
        assert template.vector.dtype == np.float32
        assert np.array_equal(template.vector, a_template(template.info.slot).vector)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_may_be_an_id_or_a_name(people: PeopleStore, text: str) -> None:
    person = added(people, dataclasses.replace(a_person(text, text), group=text))
    added(people, a_person(text + "!", "Someone else"))
    assert people.by_id(text) == person
    assert people.get(person.subject) == person
    people.delete(person.subject)
    assert people.by_id(text) is None
    assert people.count() == 1


def test_namesakes_do_not_overwrite_each_other(people: PeopleStore) -> None:
    first, second = added(people, a_person("1", "Kim")), added(people, a_person("2", "Kim"))
    assert people.by_id("1") == first
    assert people.by_id("2") == second


def test_an_id_written_in_another_unicode_form_is_the_same_id(people: PeopleStore) -> None:
    person = added(people, a_person("Jose\u0301"))
    assert people.by_id("Jos\u00e9") == person
    with pytest.raises(IdTaken):
        added(people, a_person("Jos\u00e9"))


def test_a_taken_id_is_refused_and_nothing_is_written(people: PeopleStore) -> None:
    first = added(people)
    revision = people.revision()
    second = a_person()
    with pytest.raises(IdTaken):
        people.create(second, [], revision)
    assert people.get(second.subject) is None
    assert people.revision() == revision
    assert people.by_id("7") == first


def test_a_create_that_saw_an_old_gallery_is_refused(people: PeopleStore) -> None:
    seen = people.revision()
    added(people)
    late = a_person("8")
    with pytest.raises(Conflict):
        people.create(late, [], seen)
    assert people.get(late.subject) is None


def test_a_subject_is_never_used_twice(people: PeopleStore) -> None:
    first = added(people)
    with pytest.raises(Conflict):
        people.create(dataclasses.replace(first, id="8"), [], people.revision())
    assert people.get(first.subject) == first


def test_of_two_creates_of_one_id_at_once_one_wins(people: PeopleStore) -> None:
    outcomes = _at_once(8, lambda n: added(people, a_person("7", f"Clerk {n}")))
    winners = [o for o in outcomes if isinstance(o, Person)]
    assert len(winners) == 1
    assert all(isinstance(o, IdTaken | Conflict) for o in outcomes if o not in winners)
    assert people.by_id("7") == winners[0]
    assert people.count() == people.revision() == 1


def test_an_update_keeps_templates_and_day_of_creation(
    people: PeopleStore, clock: FakeClock
) -> None:
    person = added(people)
    later = clock.advance(60)
    edited = dataclasses.replace(person, name="Ada L.", templates=(), created_at=later)
    updated = people.update(edited)
    assert people.get(person.subject) == updated
    assert (updated.name, updated.version) == ("Ada L.", 2)
    assert (updated.created_at, updated.updated_at) == (MORNING, later)
    assert updated.templates == person.templates
    assert len(people.templates(person.subject)) == 3


def test_a_new_id_frees_the_old_one(people: PeopleStore) -> None:
    person = added(people)
    people.update(dataclasses.replace(person, id="8"))
    assert people.by_id("7") is None
    assert people.by_id("8") is not None
    added(people, a_person("7"))
    assert people.count() == 2


def test_an_update_to_a_taken_id_is_refused(people: PeopleStore) -> None:
    added(people, a_person("8"))
    person = added(people)
    with pytest.raises(IdTaken):
        people.update(dataclasses.replace(person, id="8"))
    assert people.by_id("7") == person


def test_an_update_of_an_old_version_is_refused(people: PeopleStore) -> None:
    person = added(people)
    newer = people.update(dataclasses.replace(person, name="Newer"))
    with pytest.raises(Conflict):
        people.update(dataclasses.replace(person, name="Older"))
    assert people.get(person.subject) == newer


def test_of_many_updates_at_once_one_wins(people: PeopleStore) -> None:
    person = added(people)
    outcomes = _at_once(8, lambda n: people.update(dataclasses.replace(person, name=str(n))))
    assert [isinstance(o, Person) for o in outcomes].count(True) == 1
    assert sum(isinstance(o, Conflict) for o in outcomes) == 7


def test_a_deleted_person_cannot_be_changed(people: PeopleStore) -> None:
    person = added(people)
    assert people.delete(person.subject) == person
    with pytest.raises(PersonMissing):
        people.update(person)
    with pytest.raises(PersonMissing):
        people.put_templates(person.subject, [], person.version, people.revision())


def test_deleting_leaves_nothing_and_frees_the_id(people: PeopleStore) -> None:
    person = added(people)
    people.delete(person.subject)
    assert people.get(person.subject) is None
    assert people.templates(person.subject) == []
    assert people.count() == 0
    assert people.delete(person.subject) is None
    assert people.revision() == 2
    again = added(people)
    assert people.by_id("7") == again


def test_put_templates_replaces_all_of_them(people: PeopleStore) -> None:
    person = added(people)
    changed = people.put_templates(
        person.subject, [a_template(9), a_template(4)], person.version, people.revision()
    )
    assert [info.slot for info in changed.templates] == [4, 9]
    assert [t.info.slot for t in people.templates(person.subject)] == [4, 9]
    assert people.get(person.subject) == changed
    entry = people.entry(person.subject, CONTRACT)
    assert entry is not None
    assert entry.vectors.shape == (2, 8)


def test_put_templates_checks_version_and_gallery(people: PeopleStore) -> None:
    person = added(people)
    with pytest.raises(Conflict):
        people.put_templates(person.subject, [], person.version + 1, people.revision())
    with pytest.raises(Conflict):
        people.put_templates(person.subject, [], person.version, people.revision() - 1)
    assert len(people.templates(person.subject)) == 3


@pytest.mark.parametrize("slots", [[0, 0], [20], [-1], list(range(21))])
def test_a_slot_that_does_not_exist_is_refused(people: PeopleStore, slots: list[int]) -> None:
    with pytest.raises(PeopleError):
        people.create(a_person(), [a_template(slot) for slot in slots], 0)
    assert people.count() == 0
