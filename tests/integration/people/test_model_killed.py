"""A change of the model goes on after what killed it, and one process at a time works at it."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from face_rec.domain.people import Person
from face_rec.people.change.plan import Stage
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.integration.people.change_site import PHOTOS, ChangingSite
from tests.redis_servers import Server, wait_until


def test_a_process_killed_at_the_work_is_followed_by_another_that_does_the_rest(
    redis_server: Server, redis_client: Client, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    site = ChangingSite(redis_client, folder)
    people = [site.register(who % 16) for who in range(16)]
    site.change.begin("new")
    kills = 0
    while kills < 3:
        child = _worker(redis_server, folder, 0.02)
        enough = _done(site, people) + 3
        wait_until(lambda enough=enough: _done(site, people) >= enough)  # type: ignore[misc]
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        kills += 1
        assert _done(site, people) < len(people), "killed in the middle"
    last = _worker(redis_server, folder, 0.0)
    assert last.wait(60) == 0
    for person in people:
        now = site.people.get(person.subject)
        assert now is not None
        for contract in ("old", "new"):
            assert len(set(site.photos_of(person.subject, contract))) == PHOTOS
        assert len(now.templates) == 2 * PHOTOS
    assert site.stage() is Stage.READY


def _worker(server: Server, folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    module = "tests.integration.people.change_site"
    return subprocess.Popen(
        [sys.executable, "-m", module, str(server.port), str(folder), str(seconds)]
    )


def _done(site: ChangingSite, people: Sequence[Person]) -> int:
    return sum(len(site.photos_of(one.subject, "new")) == PHOTOS for one in people)


def test_the_lease_holds_while_a_reading_takes_longer_than_it_lasts(
    site: ChangingSite,
    redis_client: Client,
    beside: ChangingSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.register(0)
    site.change.begin("new")
    everybody, lock = site.people.everybody, keys.turn("main", "model-change")

    def long() -> object:
        redis_client.pexpire(lock, 400)
        wait_until(lambda: redis_client.pttl(lock) > 500)  # renewed
        assert not beside.store.claim()
        return everybody()

    monkeypatch.setattr(site.people, "everybody", long)
    site.job.step()
    assert not redis_client.exists(lock), "and is given back"
    monkeypatch.setattr(site.people, "everybody", everybody)
    site.steps()
    assert site.stage() is Stage.READY
