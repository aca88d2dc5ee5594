"""GALLERY=redis-vectors as the app makes it, over two real servers: the site's own Redis, and a
Redis 8 that finds vectors."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pytest

import config
from face_rec.assembly.models.vectors import (
    site_vectors,
    vector_gallery,
    vectors_keeper,
    vectors_now,
)
from face_rec.assembly.storage.stores import Stores
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.domain.people import Contract, Person, Template
from face_rec.people.gallery.audit import GalleryAudit
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.vectors import redis_vectors
from face_rec.stores.vectors.agreements import Agreement, RedisAgreements
from face_rec.stores.vectors.redis_vectors import Members
from face_rec.web.ops.gallery_checks import gallery_check
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.redis_servers import Server, vector_server, wait_until
from tests.samples import CONTRACT, a_person, a_template, a_vector

D = 8


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with vector_server(tmp_path_factory.mktemp("vectors")) as server:
        yield server


def _template(seed: int) -> Template:
    return Template(a_template().info, a_vector(seed, D))


class Site:
    """A site with ``people`` people of one template each, whose processes share an engine."""

    def __init__(self, client: Client, engine: Server, people: int = 30) -> None:
        engine.client().flushall()
        self.engine = engine
        self.client = client
        self.clock = FakeClock()
        self.people = RedisPeople(client, "main", self.clock)
        self.subjects = [self.add(number).subject for number in range(people)]
        self.models = FakeModelSource(fake_models(CONTRACT, D))
        url = f"redis://127.0.0.1:{engine.port}"
        self.settings = config.load({"GALLERY": "redis-vectors", "VECTORS_URL": url}, dotenv=None)
        self.stores = cast("Stores", SimpleNamespace(client=client, people=self.people))
        self.agreements = RedisAgreements(client, "main")
        self.audit = GalleryAudit(
            self.people.entries, self.agreements, self.clock, chance=lambda: 0.0, rest=0.0
        )

    def add(self, number: int) -> Person:
        person = a_person(str(number))
        return self.people.create(person, [_template(number)], self.people.revision())

    def process(self) -> GalleryFollower:
        make = vector_gallery(site_vectors(self.settings, self.stores), self.people, self.audit)
        made = GalleryFollower(
            self.people, self.models, self.clock, [self.audit.changed], make=make
        )
        made.step(0)
        return made

    def seen(self, process: GalleryFollower, *numbers: int) -> Any:  # noqa: ANN401
        probes = np.stack([a_vector(number, D) for number in numbers])
        return process.gallery.match(probes, Contract(CONTRACT, D))

    def keys(self, part: str) -> list[str]:
        found: Any = self.engine.client().keys(f"vectors:*{part}")
        return [key.decode() for key in found]

    def members(self) -> set[bytes]:
        client: Any = self.engine.client()
        return {name for key in self.keys(":digests") for name in client.hkeys(key)}


@pytest.fixture
def site(redis_client: Client, engine: Server) -> Site:
    return Site(redis_client, engine)


def _stepped(process: GalleryFollower) -> bool:
    try:
        process.step(20)
    except StoreError:
        return False
    return process.recognises()


def _puts(engine: Server) -> int:
    stats: Any = engine.client().info("commandstats")
    return int(stats.get("cmdstat_VADD", {}).get("calls", 0))


@pytest.mark.parametrize("compared", [redis_vectors.COMPARED_UP_TO, 0], ids=["all", "graph"])
def test_names_scores_and_leads_are_those_of_the_exact_gallery(
    site: Site, monkeypatch: pytest.MonkeyPatch, compared: int
) -> None:
    monkeypatch.setattr(redis_vectors, "COMPARED_UP_TO", compared)
    process = site.process()
    exact = MemoryGallery(Contract(CONTRACT, D))
    exact.load(site.people.entries(CONTRACT), 1)
    numbers = [*range(30), *range(500, 520)]  # people, and strangers
    probes = np.stack([a_vector(number, D) for number in numbers])
    for found, expected in zip(
        site.seen(process, *numbers), exact.own_matches(probes), strict=True
    ):
        assert found.subject == expected.subject
        assert (found.score, found.margin) == pytest.approx(
            (expected.score, expected.margin), abs=1e-6
        )
    assert process.gallery.nearest(probes[0], exact.contract, 5) is not None
    without = process.matrix().without(probes[:1], site.subjects[:1])  # type: ignore[union-attr]
    assert without[0] == exact.without(probes[:1], site.subjects[:1])[0]


def test_a_second_process_finds_all_there_and_each_follows_the_other(site: Site) -> None:
    first = site.process()
    puts = _puts(site.engine)
    second = site.process()
    assert _puts(site.engine) == puts, "nothing was sent a second time"
    late = site.add(40)
    second.step(0)  # the second one hears of it first
    assert site.seen(second, 40)[0].subject == late.subject
    first.step(0)
    assert site.seen(first, 40)[0].subject == late.subject
    assert _puts(site.engine) == puts + 1


def test_who_is_erased_is_gone_from_the_engine_which_has_neither_names_nor_files(
    site: Site, tmp_path: Path
) -> None:
    process = site.process()
    gone = site.subjects[3]
    before = site.members()
    stale = site.people.entry(gone, CONTRACT)
    keeper = vectors_keeper(site.settings, site.stores)
    assert keeper is not None
    assert keeper.forget(gone) == 1
    site.people.delete(gone)
    assert keeper.after(gone) == ""
    left = site.members()
    assert len(before - left) == 1
    assert stale is not None
    live = process.matrix()
    assert live is not None
    live.put(stale, live.revision)  # by a process that had read them before
    assert site.members() == left, "nobody brings them back"
    process.step(0)
    assert site.seen(process, 3)[0].subject != gone
    set_key = next(key for key in site.keys("}"))
    client: Any = site.engine.client()
    assert client.execute_command("VCARD", set_key) == len(left) == 29
    (name,) = before - left
    assert client.execute_command("VEMB", set_key, name) is None
    everything = b"".join([*left, *(key.encode() for key in site.keys("*"))])
    assert not any(subject.encode() in everything for subject in site.subjects)
    assert [*site.engine._folder.iterdir()] == [], "nothing on its disk"
    assert 0 < client.ttl(set_key) <= 72 * 3600


def test_who_left_while_the_engine_was_not_asked_is_taken_out_by_the_next_load(site: Site) -> None:
    site.process()
    site.people.delete(site.subjects[0])
    assert len(site.members()) == 30
    site.process()
    assert len(site.members()) == 29


def test_an_index_of_another_state_or_model_is_never_used(site: Site) -> None:
    site.process()
    (first,) = site.keys("}")
    site.models.models = fake_models("another", D)
    site.process()
    assert len(site.keys(":token")) == 2
    site.client.delete(keys.vector_secret("main"))  # as after a backup was put back
    site.models.models = fake_models(CONTRACT, D)
    process = site.process()
    assert site.seen(process, 1)[0].subject == site.subjects[1]
    assert len(site.keys("}")) == 2
    assert first in site.keys("}"), "the old one goes by itself"


def test_without_the_engine_nobody_is_recognised_and_all_goes_on_when_it_is_back(
    redis_client: Client, tmp_path: Path
) -> None:
    with vector_server(tmp_path / "engine") as engine:
        site = Site(redis_client, engine, people=5)
        process = site.process()
        assert process.recognises()
        engine.kill()
        with pytest.raises(StoreUnavailable, match="does not answer"):
            site.seen(process, 1)
        site.clock.advance(2)
        with pytest.raises(StoreUnavailable):
            process.step(0)
        said = gallery_check(process.status, lambda: 5)()
        assert not said.ok
        assert "nobody can be recognised" in said.detail
        assert not process.recognises()
        keeper = vectors_keeper(site.settings, site.stores)
        assert keeper is not None
        assert keeper.forget(site.subjects[0]) == 0
        assert keeper.after(site.subjects[0]).startswith("NOT DONE YET")
        engine.start()  # empty: it keeps nothing
        wait_until(lambda: _stepped(process) and not process.status().blind)
        assert site.seen(process, 2)[0].subject == site.subjects[2]
        assert len(site.members()) == 5


def test_an_index_that_lacks_people_is_noticed_rather_than_believed(site: Site) -> None:
    process = site.process()
    set_key = next(key for key in site.keys("}"))
    client: Any = site.engine.client()
    for name in list(site.members())[:20]:
        client.execute_command("VREM", set_key, name)
    with pytest.raises(StoreUnavailable, match="names 10 people of 30"):
        site.seen(process, 1)
    assert process.status().blind
    fresh = site.process()
    assert site.seen(fresh, 1)[0].subject == site.subjects[1]


def test_an_answer_that_is_none_names_nobody_and_is_said(site: Site) -> None:
    process = site.process()
    client: Any = process.matrix()._rows._index._engine.client  # type: ignore[union-attr]
    members, read = _members_of(site), Members.subject
    names = [members.name(subject) for subject in site.subjects]

    def answering(answer: object) -> None:
        client.set_response_callback("VSIM", lambda *_, **__: answer)

    for odd in ([], None, 5, b"OK", [1, 2], [None], [[names[1]]], ["1"], [b""], [names[1]] * 30):
        answering(odd)
        with pytest.raises(StoreError, match=r"names . people of 30|otherwise than a Redis 8"):
            site.seen(process, 1)
        assert process.status().blind
        assert not process.recognises()
    with patch.object(Members, "subject", autospec=True, side_effect=read) as opened:
        answering(names * 1000)
        assert site.seen(process, 1)[0].subject == site.subjects[1]
    assert opened.call_count == 30, "no more is read than was asked for"


def test_the_audit_notices_an_answer_that_is_not_the_exact_one(site: Site) -> None:
    process = site.process()
    site.seen(process, 1, 2, 3)
    site.audit.step()
    assert site.agreements.newest(CONTRACT) == Agreement(3, 3)
    set_key = next(key for key in site.keys("}"))
    (record,) = (
        name for name in site.members()
        if _members_of(site).subject(name) == site.subjects[7]
    )  # fmt: skip
    client: Any = site.engine.client()
    client.execute_command("VREM", set_key, record)
    site.seen(process, 7, 7)
    changed = site.subjects[4]
    site.seen(process, 4)
    site.audit.changed({changed})
    site.audit.step()
    found = site.agreements.newest(CONTRACT)
    assert found == Agreement(5, 3), "of who changed meanwhile nothing is said"
    assert not found.enough


def _members_of(site: Site) -> Any:  # noqa: ANN401
    return site_vectors(site.settings, site.stores)._members()


def test_a_server_that_writes_to_its_disk_or_finds_no_vectors_is_refused(
    site: Site, redis_server: Server, tmp_path: Path
) -> None:
    site.engine.client().config_set("appendonly", "yes")
    try:
        with pytest.raises(StoreError, match="writes to its disk"):
            site.process()
        assert site.keys("*") == [], "not one vector was sent"
    finally:
        site.engine.client().config_set("appendonly", "no")
    (fine,) = vectors_now(site.settings)
    assert fine.ok
    assert "keeps them in memory alone" in fine.detail
    if not redis_server.client().info("server")["redis_version"].startswith("8"):
        url = f"redis://127.0.0.1:{redis_server.port}"
        older = site.settings.model_copy(update={"vectors_url": url})
        (said,) = vectors_now(older)
        assert not said.ok
        assert "needs Redis 8" in said.advice
