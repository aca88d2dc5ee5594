"""PINs in a real Redis: with the person they come, and with the person they go."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC

import pytest

from face_rec.access.pins import Pins
from face_rec.access.throttle import BY_KIOSK
from face_rec.entities import Person
from face_rec.errors import AccountRefused, SignInRefused
from face_rec.privacy.parts import unasked, unnoted
from face_rec.privacy.privacy import Privacy
from face_rec.stores import keys
from face_rec.stores.access import AccessOptions, open_access
from face_rec.stores.attendance_settings import RedisRules
from face_rec.stores.client import Client
from face_rec.stores.people import RedisPeople
from face_rec.stores.pins import RedisPins
from face_rec.stores.privacy import PrivacyParts, open_privacy
from tests.fakes.access import CHEAP
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS
from tests.fakes.snapshots import MemorySnapshots
from tests.samples import a_person, a_template

PIN = "402917"


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def people(client: Client) -> RedisPeople:
    return RedisPeople(client, "main", FakeClock())


@pytest.fixture
def pins(client: Client) -> Pins:
    options = AccessOptions(zone=lambda: UTC, hasher=CHEAP)
    return open_access(client, "main", FakeClock(), options).pins


@pytest.fixture
def ada(people: RedisPeople, pins: Pins) -> Person:
    """Registered, with a PIN."""
    person = people.create(a_person(), [a_template()], people.revision())
    pins.set(person, PIN)
    return person


def privacy_of(client: Client, people: RedisPeople) -> Privacy:
    return open_privacy(
        PrivacyParts(
            site="main", options=lambda: OPTIONS, client=client, people=people,
            rules=RedisRules(client, "main"), attendance=FakeAttendance(),
            snapshots=MemorySnapshots(), clock=FakeClock(),
            settled=lambda _: True, note=unnoted, encrypted=False,
            erasing=unasked, exporting=unasked,
        )
    )  # fmt: skip


def test_a_pin_opens_for_its_owner_and_outlives_an_edit_of_the_person(
    people: RedisPeople, pins: Pins, ada: Person
) -> None:
    changed = people.update(replace(ada, name="Ada L."))
    people.put_templates(ada.subject, [a_template(1)], changed.version, people.revision())
    assert pins.verify("door", ada.id, ada, PIN) is ada
    pins.clear(ada)
    with pytest.raises(SignInRefused):
        pins.verify("door", ada.id, ada, PIN)


def test_deleting_a_person_removes_their_pin(
    client: Client, people: RedisPeople, pins: Pins, ada: Person
) -> None:
    people.delete(ada.subject)
    assert not pins.has(ada.subject)
    assert client.exists(keys.person("main", ada.subject)) == 0


def test_a_pin_given_to_somebody_deleted_meanwhile_leaves_nothing_behind(
    client: Client, people: RedisPeople, pins: Pins, ada: Person
) -> None:
    people.delete(ada.subject)
    with pytest.raises(AccountRefused):
        pins.set(ada, PIN)
    assert client.exists(keys.person("main", ada.subject)) == 0


def test_erasing_a_person_names_their_pin_on_the_certificate(
    client: Client, people: RedisPeople, pins: Pins, ada: Person
) -> None:
    certificate = privacy_of(client, people).erasure.erase(ada.subject, "boss")
    assert ("PIN", 1) in [(item.what, item.count) for item in certificate.removed]
    assert not pins.has(ada.subject)


def test_an_export_says_that_there_is_a_pin_and_has_nothing_of_it(
    client: Client, people: RedisPeople, ada: Person
) -> None:
    out = io.BytesIO()
    privacy_of(client, people).export.write(ada.subject, out)
    with zipfile.ZipFile(out) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert "PIN.json" in archive.namelist()
    stored = RedisPins(client, "main").get(ada.subject)
    assert stored is not None
    assert stored.encode() not in content
    assert b"argon2" not in content


def test_a_good_try_is_taken_back_and_never_makes_a_counter_that_stays(
    client: Client, pins: Pins, ada: Person
) -> None:
    for _ in range(BY_KIOSK.tries + 2):
        assert pins.verify("door", ada.id, ada, PIN) is ada
    for key in client.scan_iter(match="tries:*"):
        assert client.pttl(key) > 0
