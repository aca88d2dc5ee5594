"""Everybody is kept in memory and follows the changes: who has not changed is not read again, and
changes of another database are never taken for those of this one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from face_rec.domain.people import Person
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock

THEN = datetime(2024, 1, 1, tzinfo=UTC)


class CountedPeople(RedisPeople):
    """Remembers who was read."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, "main", FakeClock())
        self.read: list[str] = []

    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        self.read += subjects
        return super().many(subjects)


@pytest.fixture
def people(redis_client: Client) -> CountedPeople:
    people = CountedPeople(redis_client)
    for number in range(40):
        add(people, number)
    people.everybody()
    return people


def add(people: RedisPeople, number: int) -> Person:
    person = Person(f"s{number:02}", f"{number}", f"Person {number}", created_at=THEN)
    return people.create(person, (), people.revision())


def as_read_anew(client: Client) -> tuple[Person, ...]:
    return RedisPeople(client, "main", FakeClock()).everybody().people


def test_only_those_are_read_who_have_changed(people: CountedPeople, redis_client: Client) -> None:
    before = {person.subject: person for person in people.everybody().people}
    people.update(replace(before["s07"], name="Another"))
    people.delete("s09")
    add(people, 99)
    people.read.clear()
    found = people.everybody().people
    assert sorted(people.read) == ["s07", "s09", "s99"]
    assert found == as_read_anew(redis_client)
    same = [person for person in found if before.get(person.subject) is person]
    assert len(same) == 38, "whoever has not changed is the very same object"


def test_a_database_that_was_filled_anew_is_read_anew(
    people: CountedPeople, redis_client: Client
) -> None:
    redis_client.flushall()
    for number in range(60, 105):  # beyond the revision that is known
        add(people, number)
    assert people.everybody().people == as_read_anew(redis_client)


def test_changes_that_are_not_told_of_any_more_have_everybody_read(
    people: CountedPeople, redis_client: Client
) -> None:
    person = people.everybody().people[3]
    people.update(replace(person, name="Another"))
    redis_client.delete("changes:{main}")
    people.read.clear()
    assert people.everybody().people == as_read_anew(redis_client)
    assert len(people.read) == 40
