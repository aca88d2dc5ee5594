import dataclasses

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Person
from face_rec.people.directory import CachedDirectory
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople


class _Counting(FakePeople):
    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def get(self, subject: str) -> Person | None:
        self.reads += 1
        return super().get(subject)


def _store() -> _Counting:
    store = _Counting()
    store.create(Person("s1", "1", "Ada"), [], 0)
    store.create(Person("s2", "2", "Eve"), [], 1)
    return store


def test_a_person_is_read_once() -> None:
    store = _store()
    directory = CachedDirectory(store, FakeClock())
    assert [directory.name("s1") for _ in range(3)] == ["Ada"] * 3
    assert store.reads == 1


def test_nobody_has_no_name() -> None:
    directory = CachedDirectory(_store(), FakeClock())
    assert directory.name("gone") == ""
    assert directory.person("gone") is None


def test_a_change_is_seen_once_it_is_told() -> None:
    store = _store()
    directory = CachedDirectory(store, FakeClock())
    known = directory.person("s1")
    assert known is not None
    store.update(dataclasses.replace(known, name="Ada L."))
    assert directory.name("s1") == "Ada"
    directory.forget({"s1"})
    assert directory.name("s1") == "Ada L."
    store.delete("s1")
    directory.forget(None)
    assert directory.name("s1") == ""


def test_in_an_outage_what_was_last_known_stands() -> None:
    store, clock = _store(), FakeClock()
    directory = CachedDirectory(store, clock)
    directory.name("s1")
    directory.forget(None)
    store.available = False
    reads = store.reads
    assert [directory.name("s1"), directory.name("s2"), directory.name("s1")] == ["Ada", "", "Ada"]
    assert store.reads == reads + 1  # not one attempt a label
    store.available = True
    clock.advance(3)
    assert directory.name("s2") == "Eve"


def test_the_latest_is_asked_of_the_store_and_remembered() -> None:
    store, clock = _store(), FakeClock()
    directory = CachedDirectory(store, clock)
    assert directory.name("s1") == "Ada"
    store.delete("s1")  # by another process, which nobody has told of yet
    assert directory.name("s1") == "Ada"
    assert directory.latest("s1", within=1.0) is not None
    clock.advance(1.1)
    assert directory.latest("s1", within=1.0) is None
    assert directory.name("s1") == ""


def test_in_an_outage_the_latest_is_asked_for_less_and_less_often() -> None:
    store, clock = _store(), FakeClock()
    directory = CachedDirectory(store, clock)
    directory.name("s1")
    store.available = False
    reads = store.reads
    for _ in range(60):
        with pytest.raises(StoreUnavailable):
            directory.latest("s1")
        clock.advance(1)
    assert store.reads - reads <= 7
    store.available = True
    directory.forget({"s2"})  # the follower has heard of a change, so the store answers
    assert directory.latest("s1") is not None


def test_an_answer_older_than_a_change_is_not_kept() -> None:
    class Slow(_Counting):
        def get(self, subject: str) -> Person | None:
            person = super().get(subject)
            directory.forget({subject})  # the change comes while the answer is on its way
            return person

    store = Slow()
    store.create(Person("s1", "1", "Ada"), [], 0)
    directory = CachedDirectory(store, FakeClock())
    directory.name("s1")
    directory.name("s1")
    assert store.reads == 2
