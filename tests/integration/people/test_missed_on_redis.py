"""How often somebody was missed, in a Redis and in a cluster: counted by several processes, and
gone with whoever it is about."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import cast

import pytest

import config
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.models.model_commands import open_own_people
from face_rec.assembly.people.keepers import missed_keeper
from face_rec.assembly.recognition import build_recognition
from face_rec.background import statuses
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Person
from face_rec.models.model_service import ModelService
from face_rec.models.scores.searches import Pause
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.missed.counter import MissCounter
from face_rec.people.missed.visits import DAYS
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.site.audited_writers import AuditedPeople
from tests.fakes.access import MemoryAudit, nothing_to_prove
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.redis_servers import Server
from tests.samples import CONSENT, CONTRACT, a_person, a_template, added
from tests.sources import ROOT


class Site:
    def __init__(self, client: Client) -> None:
        self.client, self.clock = client, FakeClock()
        self.people = RedisPeople(client, "main", self.clock)
        self.missed = RedisMissedVisits(client, "main", self.clock)
        self.writer = AuditedPeople(
            self.people, AuditLog(MemoryAudit(), self.clock), nothing_to_prove,
            anew=lambda subject: self.missed.forget([subject]),
        )  # fmt: skip

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(UTC).date()

    def misses(self, person: Person, back: int = 0) -> bool:
        day = self.today - timedelta(days=back)
        return self.missed.add(person.subject, person.version, day)

    def stored(self) -> list[str]:
        return [key.decode() for key in self.client.scan_iter(match="missed:*")]


@pytest.fixture(params=["redis_client", "cluster_client"])
def site(request: pytest.FixtureRequest) -> Site:
    return Site(request.getfixturevalue(request.param))


def test_a_number_for_each_person_and_day_is_kept_and_nothing_else(site: Site) -> None:
    ada, bob = added(site.people), added(site.people, a_person("8", "Bob"))
    assert all([site.misses(ada), site.misses(ada), site.misses(bob), site.misses(ada, 3)])
    assert site.missed.days() == [{ada.subject: 2, bob.subject: 1}, {ada.subject: 1}]
    assert site.missed.held(ada.subject) == [
        {"day": "2025-03-10", "visits": 2}, {"day": "2025-03-07", "visits": 1},
    ]  # fmt: skip
    key = keys.missed("main", site.today)
    assert site.client.hgetall(key) == {ada.subject.encode(): b"2", bob.subject.encode(): b"1"}
    assert sorted(site.stored()) == sorted([key, keys.missed("main", date(2025, 3, 7))])


def test_a_day_is_forgotten_by_itself_when_its_time_is_over(site: Site) -> None:
    ada = added(site.people)
    site.misses(ada)
    site.misses(ada, DAYS - 1)
    left = [site.client.ttl(keys.missed("main", site.today - timedelta(days=back)))
            for back in (0, DAYS - 1)]  # fmt: skip
    assert left[0] == pytest.approx(DAYS * 86400 - 8 * 3600, abs=5), "it is eight in the morning"
    assert left[1] == pytest.approx(16 * 3600, abs=5)
    site.clock.advance(16 * 3600)
    assert len(site.missed.days()) == 1, "a day that is over counts no more, expired or not"
    site.misses(ada, DAYS)
    assert site.stored() == [keys.missed("main", date(2025, 3, 10))], "nor is it begun anew"


def test_whose_record_has_changed_since_is_not_counted(site: Site) -> None:
    ada = added(site.people)
    site.people.update(replace(ada, active=False))
    assert not site.misses(ada)
    assert not site.misses(a_person("9", "Nobody"))
    assert site.stored() == []


def test_whoever_is_erased_is_gone_and_comes_back_by_nothing(site: Site) -> None:
    ada, bob = added(site.people), added(site.people, a_person("8", "Bob"))
    for person in (ada, bob):
        site.misses(person)
        site.misses(person, 5)
    keeper = missed_keeper(site.missed)
    assert len(keeper.held(ada.subject)) == 2
    assert keeper.forget(ada.subject) == 2
    assert keeper.forget(ada.subject) == 0
    site.people.delete(ada.subject)
    assert not site.misses(ada), "a visit that was still waiting"
    assert site.missed.subjects() == {bob.subject}
    assert keeper.held(ada.subject) == []


def _no_consent(person: Person) -> Person:
    return replace(person, consent=replace(CONSENT, withdrawn_at=CONSENT.given_at))


Change = Callable[[Site, Person], object]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda site, ada: site.writer.update(_no_consent(ada)), False),
        (lambda site, ada: site.writer.put_templates(
            ada.subject, [a_template()], ada.version, site.people.revision()), False),
        (lambda site, ada: site.writer.delete(ada.subject), False),
        (lambda site, ada: site.writer.update(replace(ada, name="Ada L.")), True),
    ],
    ids=["without consent", "other photos", "removed", "another name"],
)  # fmt: skip
def test_it_is_forgotten_when_it_says_nothing_of_how_somebody_is_seen_now(
    site: Site, change: Change, *, kept: bool
) -> None:
    ada, bob = added(site.people), added(site.people, a_person("8", "Bob"))
    site.misses(ada)
    site.misses(bob)
    change(site, ada)
    assert site.missed.subjects() == ({ada.subject, bob.subject} if kept else {bob.subject})


_COUNT = """
import sys
from datetime import date
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.redis.client import RedisAddress, connect
from tests.fakes.clock import FakeClock

port, subject, version = sys.argv[1:]
client = connect(RedisAddress(nodes=(("127.0.0.1", int(port)),)))
missed = RedisMissedVisits(client, "main", FakeClock())
assert all(missed.add(subject, int(version), date(2025, 3, 10)) for _ in range(50))
"""


def test_several_processes_count_the_same_person_together(
    redis_client: Client, redis_server: Server
) -> None:
    site = Site(redis_client)
    ada = added(site.people)
    line = [sys.executable, "-c", _COUNT, str(redis_server.port), ada.subject, str(ada.version)]
    others = [subprocess.Popen(line, cwd=ROOT) for _ in range(2)]
    assert [one.wait(60) for one in others] == [0, 0]
    assert site.missed.days() == [{ada.subject: 100}]


@pytest.mark.parametrize("on", [True, False])
def test_kiosks_and_the_measurement_count_only_where_a_site_has_switched_it_on(
    redis_client: Client, redis_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    *, on: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(config, "ROOT", tmp_path)
    for name, value in {
        "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis_server.port),
        "DATA_DIR": str(tmp_path / "data"), "COUNT_MISSED": str(on).lower(),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    site, settings = Site(redis_client), config.load(dotenv=None)
    ada = added(site.people)
    with build_recognition(settings) as (core, _):
        missed = core.engine.deps.missed
        assert isinstance(missed, MissCounter) == on
        clock = SystemClock()
        assert core.stores.missed.add(ada.subject, ada.version, clock.now().date())
        fake = fake_models(CONTRACT, 8)
        models, gallery = cast("ModelService", FakeModelSource(fake)), MemoryGallery(fake.contract)
        gallery.load(site.people.entries(CONTRACT), 1)
        own, _ = open_own_people(settings, core.stores, models, lambda: gallery, clock)
        assert own.measure(lambda *_: None, Pause(lambda _: None)).counted == on
        assert ("missed-visits" in [one.name for one in statuses()]) == on


def test_no_backup_holds_any_of_it() -> None:
    key = keys.missed("main", date(2025, 3, 10))
    assert BackupKeys("main").left_out(key)
    assert BackupKeys("main").kind(key) is None


def test_while_redis_is_away_it_is_said() -> None:
    client = connect(RedisAddress(nodes=(("127.0.0.1", 1),)))
    missed = RedisMissedVisits(client, "main", FakeClock())
    for ask in (missed.days, missed.subjects, lambda: missed.forget(["s"]),
                lambda: missed.add("s", 1, date(2025, 3, 10))):  # fmt: skip
        with pytest.raises(StoreUnavailable):
            ask()
