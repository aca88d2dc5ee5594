"""Badges in a real Redis: with the person they go, a backup has them, an export tells of them."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC

import pytest

from face_rec.access.devices.badges import Badges
from face_rec.assembly.people.personal_data import PrivacyParts, open_privacy
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.errors import SignInRefused
from face_rec.domain.kiosks.badge_text import new_badge_text
from face_rec.domain.people import Person
from face_rec.domain.pictures import Tidied
from face_rec.privacy.ports import unasked, unnoted
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.site.audited_writers import AuditedPeople
from tests.fakes.access import CHEAP
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS
from tests.fakes.snapshots import MemorySnapshots
from tests.samples import a_person, a_template


class Site:
    """Ada is registered; what is written of people goes through ``writer``."""

    def __init__(self, client: Client) -> None:
        clock = FakeClock()
        self.client = client
        self.people = RedisPeople(client, "main", clock)
        access = open_access(client, "main", clock, AccessOptions(zone=lambda: UTC, hasher=CHEAP))
        self.badges: Badges = access.badges
        self.writer = AuditedPeople(self.people, access.audit, lambda _: None, access.badges.void)
        self.ada: Person = self.writer.create(a_person(), [a_template()], self.people.revision())

    def void(self, code: str) -> bool:
        with pytest.raises(SignInRefused):
            self.badges.holder("door", code)
        return True

    def kept(self) -> bytes:
        """All that the database holds of badges."""
        found = self.client.hgetall("access:{main}:badges")
        keys = self.client.hgetall("access:{main}:badge-keys")
        return repr([found, keys]).encode()


@pytest.fixture(params=["redis_client", "cluster_client"])
def site(request: pytest.FixtureRequest) -> Site:
    return Site(request.getfixturevalue(request.param))


def test_the_database_holds_no_code_and_another_site_s_is_not_valid(site: Site) -> None:
    code, _ = site.badges.print_for(site.ada, "max")
    assert site.badges.holder("door", code) == site.ada.subject
    assert code.encode() not in site.kept()
    assert code[3:].encode() not in site.kept()
    assert site.void(new_badge_text())


def test_a_badge_is_void_with_the_deactivation_and_stays_so(site: Site) -> None:
    code, _ = site.badges.print_for(site.ada, "max")
    left = site.writer.update(replace(site.ada, name="Ada L."))
    assert site.badges.holder("door", code) == site.ada.subject
    gone = site.writer.update(replace(left, active=False))
    site.writer.update(replace(gone, active=True))
    assert site.void(code)
    assert site.ada.subject.encode() not in site.kept()


def test_deleting_a_person_leaves_nothing_of_their_badge(site: Site) -> None:
    code, _ = site.badges.print_for(site.ada, "max")
    site.writer.delete(site.ada.subject)
    assert site.void(code)
    assert site.ada.subject.encode() not in site.kept()


def test_an_erasure_names_the_badge_and_an_export_tells_of_it_but_not_of_its_code(
    site: Site,
) -> None:
    site.badges.print_for(site.ada, "max")
    privacy = open_privacy(
        PrivacyParts(
            tidy=Tidied, site="main", options=lambda: OPTIONS, client=site.client,
            people=site.people, writer=site.people, rules=RedisRules(site.client, "main"),
            attendance=FakeAttendance(), snapshots=MemorySnapshots(), clock=FakeClock(),
            settled=lambda _: True, note=unnoted, encrypted=False, erasing=unasked,
            exporting=unasked, badges=site.badges,
        )
    )  # fmt: skip
    out = io.BytesIO()
    privacy.export.write(site.ada.subject, out)
    badge = site.badges.of(site.ada.subject)
    assert badge is not None
    with zipfile.ZipFile(out) as archive:
        told = archive.read("badge.json")
    assert b"printed" in told
    assert badge.key.encode() not in told
    removed = privacy.erasure.erase(site.ada.subject, "boss").removed
    assert ("badge", 1) in [(item.what, item.count) for item in removed]
    assert site.badges.of(site.ada.subject) is None


def test_a_backup_holds_badges_so_that_they_are_valid_after_a_restore() -> None:
    keys = BackupKeys("main")
    assert keys.kind("access:{main}:badges") == keys.kind("access:{main}:badge-keys") == "hash"
