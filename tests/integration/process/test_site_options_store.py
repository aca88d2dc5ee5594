"""What an admin chose about the site, in a real Redis, alone and as a cluster."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from face_rec.stores.redis.client import Client
from face_rec.stores.site.site_state import RedisOptions


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


def test_choices_are_read_back_with_their_version(client: Client) -> None:
    store = RedisOptions(client, "main")
    assert store.load().version == 0
    assert store.save({"title": "Schule", "timezone": "Europe/Berlin"}, 0)
    assert store.load().values == {"title": "Schule", "timezone": "Europe/Berlin"}
    assert store.load().version == 1


def test_of_many_at_once_one_is_written_and_the_others_learn_it(client: Client) -> None:
    store = RedisOptions(client, "main")
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda n: store.save({"title": f"t{n}"}, 0), range(8)))
    assert written.count(True) == 1
    assert store.load().values == {"title": f"t{written.index(True)}"}


def test_a_choice_taken_back_is_gone(client: Client) -> None:
    store = RedisOptions(client, "main")
    store.save({"title": "a", "cooldown": "5"}, 0)
    assert store.save({"title": "b"}, 1)
    assert store.load().values == {"title": "b"}


def test_the_newest_version_is_told_without_what_was_chosen(client: Client) -> None:
    store = RedisOptions(client, "main")
    assert store.newest() == 0
    store.save({"welcome": "Good morning", "logo": "x" * 60_000}, 0)
    store.save({"welcome": "Good evening", "logo": "x" * 60_000}, 1)
    assert store.newest() == store.load().version == 2
