"""PINs in a real Redis: with the person they come, and with the person they go."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from face_rec.access.devices.pins import Pins
from face_rec.access.limits.throttle import BY_KIOSK
from face_rec.assembly.people.personal_data import PrivacyParts, open_privacy
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.errors import AccountRefused, SignInRefused
from face_rec.domain.people import Person
from face_rec.domain.pictures import Tidied
from face_rec.privacy.ports import unasked, unnoted
from face_rec.privacy.privacy_service import Privacy
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.pins import RedisPins, pin_sealer
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.sealer import is_sealed
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
        PrivacyParts(tidy=Tidied,
            site="main", options=lambda: OPTIONS, client=client, people=people,
            writer=people, rules=RedisRules(client, "main"), attendance=FakeAttendance(),
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


# --- the pepper ---------------------------------------------------------------------

OLD, NEW = "a" * 64, "b" * 64
CHAIN = ["c" * 64]


def _peppered(client: Client, *data_keys: str, chain: Sequence[str] = CHAIN) -> Pins:
    sealer = pin_sealer(data_keys, chain)
    options = AccessOptions(zone=lambda: UTC, hasher=CHEAP, pins=sealer)
    return open_access(client, "main", FakeClock(), options).pins


def _stored(client: Any, person: Person) -> bytes:  # noqa: ANN401
    found: bytes = client.hget(keys.person("main", person.subject), keys.PIN)
    return found


def test_the_database_alone_has_nothing_to_guess_a_pin_with(client: Client, ada: Person) -> None:
    for pins in (_peppered(client, OLD), _peppered(client)):
        pins.set(ada, PIN)
        assert is_sealed(_stored(client, ada))
        assert b"argon2" not in _stored(client, ada)
        assert pins.verify("door", ada.id, ada, PIN) is ada
        with pytest.raises(SignInRefused):
            pins.verify("door", ada.id, ada, "402918")


def test_a_hash_of_before_is_sealed_at_its_next_right_use(client: Client, ada: Person) -> None:
    before = _stored(client, ada)
    assert before.startswith(b"$argon2")
    pins = _peppered(client, OLD)
    with pytest.raises(SignInRefused):
        pins.verify("door", ada.id, ada, "402918")
    assert _stored(client, ada) == before  # a wrong one changes nothing
    pins.verify("door", ada.id, ada, PIN)
    assert is_sealed(_stored(client, ada))
    pins.verify("door", ada.id, ada, PIN)


def test_a_pin_that_was_changed_meanwhile_is_not_replaced(client: Client, ada: Person) -> None:
    store = RedisPins(client, "main", pin_sealer([OLD], CHAIN))
    store.put(ada.subject, "first")
    assert not store.replace(ada.subject, "another", "second")
    assert store.get(ada.subject) == "first"
    assert store.replace(ada.subject, "first", "second")
    assert store.get(ada.subject) == "second"
    assert is_sealed(_stored(client, ada))


def test_a_new_data_key_takes_over_at_use_or_by_rotation(
    client: Client, people: RedisPeople, ada: Person
) -> None:
    _peppered(client, OLD).set(ada, PIN)
    first = _stored(client, ada)
    _peppered(client, NEW, OLD).verify("door", ada.id, ada, PIN)
    assert _stored(client, ada) != first
    _peppered(client, NEW).verify("door", ada.id, ada, PIN)
    newest = "d" * 64
    store = RedisPins(client, "main", pin_sealer([newest, NEW], CHAIN))
    assert store.renew_all(person.subject for person in people.all()) == 1
    _peppered(client, newest).verify("door", ada.id, ada, PIN)


def test_a_first_data_key_takes_over_from_the_chains(client: Client, ada: Person) -> None:
    _peppered(client).set(ada, PIN)
    _peppered(client, NEW).verify("door", ada.id, ada, PIN)
    _peppered(client, NEW, chain=()).verify("door", ada.id, ada, PIN)


def test_without_the_key_no_pin_opens_and_nothing_breaks(client: Client, ada: Person) -> None:
    _peppered(client, OLD).set(ada, PIN)
    lost = _peppered(client, NEW)
    assert lost.has(ada.subject)
    with pytest.raises(SignInRefused):
        lost.verify("door", ada.id, ada, PIN)
    lost.set(ada, PIN)  # the office gives a new one
    assert lost.verify("door", ada.id, ada, PIN) is ada


def test_a_sealed_hash_is_worth_nothing_with_another_person(
    client: Client, people: RedisPeople, ada: Person
) -> None:
    pins = _peppered(client, OLD)
    pins.set(ada, PIN)
    bob = people.create(replace(a_person("8"), subject="bob"), [], people.revision())
    _raw(client).hset(keys.person("main", bob.subject), keys.PIN, _stored(client, ada))
    with pytest.raises(SignInRefused):
        pins.verify("door", bob.id, bob, PIN)


def _raw(client: Any) -> Any:  # noqa: ANN401
    return client
