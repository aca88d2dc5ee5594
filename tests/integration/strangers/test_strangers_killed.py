"""Whoever keeps somebody unknown is killed at any point: nothing is left by halves."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from face_rec.domain.faces import Vector
from face_rec.notices.notice import NoticeKind
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.strangers.stranger_store import RedisStrangers
from tests.fakes.clock import FakeClock
from tests.fakes.strangers import StrangerWorld, ToldOutbox, away
from tests.integration.strangers.conftest import a_keyring, a_world
from tests.killed import killed_after
from tests.samples import a_vector


def test_a_third_visit_is_whole_or_not_there_and_told_of_once(
    redis_client: Client, tmp_path: Path
) -> None:
    clock = FakeClock()
    world = a_world(RedisStrangers(redis_client, "main", DataSealer(a_keyring())), clock)
    outbox = cast("ToldOutbox", RedisOutbox(redis_client, "main"))
    world = replace(world, pictures=FolderSnapshots(tmp_path), outbox=outbox)
    for commands in itertools.count():
        for look in range(2):
            world.comes(_face(commands, look))
            away(clock)
        killed = killed_after(commands, lambda n=commands: world.comes(_face(n, 2)))  # type: ignore[misc]
        _nothing_by_halves(world)
        away(clock)
        world.comes(_face(commands, 3))
        away(clock)
        _nothing_by_halves(world)
        found, _ = world.index.alike(_face(commands), world.contract(), 0.8)[0]
        assert found.times in {3, 4}
        assert len(_told(redis_client)) == commands + 1, commands
        if not killed:
            break
    assert commands > 5


def _face(seed: int, look: int = 9) -> Vector:
    found = a_vector(seed + 1, 256) + 0.2 * a_vector(1000 + 97 * seed + look, 256)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def _nothing_by_halves(world: StrangerWorld) -> None:
    """Every visit has its person, its face and its place; a picture of none goes at the next run
    of the retention."""
    kept = {visit for one in world.index.people() for visit in one.visits}
    assert set(world.store.visits(kept)) == set(world.store.faces(kept)) == kept
    assert set(world.store.oldest(10_000)) == kept
    world.forgetting.stray_pictures()
    names = {
        key.rpartition("/")[2].removesuffix(".jpg") for key in world.pictures.keys("unknown/")
    }
    assert names <= kept


def _told(client: Client) -> list[bytes]:
    entries: Any = client.xrange(outbox_keys.outbox("main"))
    notices = [fields[b"notice"] for _, fields in entries]
    return [one for one in notices if NoticeKind.STRANGER.value.encode() in one]
