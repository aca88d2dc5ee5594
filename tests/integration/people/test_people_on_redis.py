"""What only Redis can get wrong of a people store."""

from collections.abc import Callable

import numpy as np
import pytest

from face_rec.domain.errors import PeopleError
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.samples import CONTRACT, a_person, a_template, added


@pytest.fixture
def stored(redis_client: Client) -> RedisPeople:
    return RedisPeople(redis_client, "main", FakeClock())


def test_a_cut_stream_asks_for_a_rebuild(stored: RedisPeople, redis_client: Client) -> None:
    for number in range(5):
        added(stored, a_person(str(number)))
    redis_client.xtrim(keys.changes("main"), maxlen=2, approximate=False)
    assert stored.changes(1) is None
    assert stored.changes(2) is None
    assert stored.changes(3) is not None
    redis_client.delete(keys.changes("main"))
    assert stored.changes(3) is None
    assert stored.changes(5) == []


def test_an_emptied_redis_asks_for_a_rebuild(stored: RedisPeople, redis_client: Client) -> None:
    added(stored)
    redis_client.flushall()
    assert stored.changes(1) is None


def test_sites_do_not_see_each_other(stored: RedisPeople, redis_client: Client) -> None:
    added(stored)
    other = RedisPeople(redis_client, "other", FakeClock())
    assert other.count() == other.revision() == 0
    added(other)
    assert stored.revision() == 1


def test_text_that_is_no_unicode_is_refused(stored: RedisPeople) -> None:
    with pytest.raises(PeopleError, match="not valid text"):
        added(stored, a_person("\ud800"))
    assert stored.count() == 0


def test_damaged_rows_leave_out_one_person_and_keep_the_others(
    stored: RedisPeople, redis_client: Client
) -> None:
    damaged, whole = added(stored, a_person("1")), added(stored, a_person("2"))
    redis_client.hset(keys.person("main", damaged.subject), keys.vector(1), b"short")
    assert [e.subject for e in stored.entries(CONTRACT)] == [whole.subject]


class Xor:
    """Not a cipher; enough to see that bytes go through a sealer with their context."""

    def seal(self, plain: bytes, context: str) -> bytes:
        return context.encode() + bytes(b ^ 0x5A for b in plain)

    def open(self, sealed: bytes, context: str) -> bytes:
        assert sealed.startswith(context.encode())
        return bytes(b ^ 0x5A for b in sealed[len(context.encode()) :])


def test_embeddings_are_sealed_before_they_leave_the_process(redis_client: Client) -> None:
    people = RedisPeople(redis_client, "main", FakeClock(), Xor())
    person = added(people)
    raw = redis_client.hget(keys.person("main", person.subject), keys.vector(0))
    assert isinstance(raw, bytes)
    assert a_template(0).vector.tobytes() not in raw
    entry = people.entry(person.subject, CONTRACT)
    assert entry is not None
    assert np.array_equal(entry.vectors[0], a_template(0).vector)
    assert np.array_equal(people.templates(person.subject)[2].vector, a_template(2).vector)


def test_a_write_sent_twice_by_the_client_is_done_once(
    stored: RedisPeople, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As redis-py does when the connection breaks before the answer comes.
    once: Callable[..., object] = redis_client.evalsha

    def twice(*command: object) -> object:
        once(*command)
        return once(*command)

    person = added(stored, a_person("1"))
    monkeypatch.setattr(redis_client, "evalsha", twice)
    assert stored.update(person).version == 2
    assert added(stored, a_person("2")).version == 1
    assert stored.delete(person.subject) is not None
    assert stored.revision() == 4
