"""Data keys with a real Redis and real folders: first use, loss, rotation."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pyotp
import pytest

from face_rec.access.factors.second_factor import SecondFactor
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.assembly.storage.sealing import open_data_keys, open_resealing
from face_rec.domain.enrolment_errors import IdTaken
from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people import template_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_keys import OWN, PersonKeys
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.data_keys import KeyCheck
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.sealing.sealer import DataKeyMissing, DataSealer, SealBroken, is_sealed
from face_rec.stores.site.reseal import (
    TemplateResealer,
    reseal_person_keys,
    reseal_pictures,
    waiting_otherwise,
)
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.stores.snapshots.sealed_snapshots import PictureSealer, SealedSnapshots
from face_rec.stores.snapshots.spool import SnapshotSpool
from tests.fakes.clock import FakeClock
from tests.fakes.snapshots import MemorySnapshots
from tests.redis_servers import free_port, wait_until
from tests.samples import CONTRACT, a_person, a_template

OLD, NEW = "o" * 32, "n" * 32


def ring(*secrets: str) -> Keyring:
    return keyring.derived(secrets, "data")


def check(client: Client, *secrets: str) -> KeyCheck:
    return KeyCheck(client, "main", ring(*secrets))


def people(client: Client, *secrets: str) -> RedisPeople:
    found = ring(*secrets)
    keys_check = KeyCheck(client, "main", found)
    sealer = DataSealer(found, keys_check.ensure, keys_check.all_sealed)
    own = PersonKeys(client, "main", DataSealer(found, keys_check.ensure)) if secrets else None
    return RedisPeople(client, "main", FakeClock(), sealer, own=own)


def resealer(client: Client, *secrets: str) -> TemplateResealer:
    sealer = DataSealer(ring(*secrets))
    return TemplateResealer(client, "main", sealer, PersonKeys(client, "main", sealer))


def vector(client: Client, subject: str) -> bytes:
    found = client.hget(keys.person("main", subject), keys.vector(0))
    assert isinstance(found, bytes)
    return found


def faces(client: Client, subject: str) -> bytes:
    """All embeddings in one; the single ones of before are gone."""
    key = keys.person("main", subject)
    assert not any(client.hexists(key, name) for name in keys.VECTORS)
    return cast("bytes", client.hget(key, keys.FACES))


def whole(client: Client, subject: str) -> bytes:
    """All that is stored of a person."""
    fields = cast("list[bytes]", client.hvals(keys.person("main", subject)))
    return b"|".join(fields)


def test_a_wrong_or_missing_key_stops_at_the_start_and_changes_nothing(
    redis_client: Client,
) -> None:
    person = people(redis_client, OLD).create(a_person(), [a_template()], 0)
    before = redis_client.hgetall(keys.privacy("main"))
    for secrets in ([], [NEW]):
        with pytest.raises(DataKeyMissing, match="enrolled again"):
            check(redis_client, *secrets).early()
        with pytest.raises(DataKeyMissing):
            people(redis_client, *secrets).create(a_person("8"), [a_template()], 1)
    assert redis_client.hgetall(keys.privacy("main")) == before
    assert people(redis_client, OLD).count() == 1
    check(redis_client, NEW, OLD).ensure()
    both = people(redis_client, NEW, OLD)
    assert (both.templates(person.subject)[0].vector == a_template().vector).all()


def test_while_redis_is_away_the_start_goes_on_and_nothing_is_sealed() -> None:
    client = connect(RedisAddress(nodes=(("127.0.0.1", free_port()),)))
    away = check(client, OLD)
    away.early()
    with pytest.raises(StoreUnavailable):
        DataSealer(ring(OLD), away.ensure).seal(b"face", "here")


def test_one_persons_sealed_template_given_to_another_matches_nobody(
    redis_client: Client,
) -> None:
    store = people(redis_client, OLD)
    ada = store.create(a_person("1"), [a_template()], 0)
    bob = store.create(a_person("2"), [a_template(1)], 1)
    stolen = faces(redis_client, ada.subject)
    redis_client.hset(keys.person("main", bob.subject), keys.FACES, stolen)
    assert [entry.subject for entry in store.entries(CONTRACT)] == [ada.subject]


def test_a_template_put_there_without_the_key_matches_nobody(redis_client: Client) -> None:
    store = people(redis_client, OLD)
    ada = store.create(a_person("1"), [a_template()], 0)
    store.create(a_person("2"), [a_template()], 1)
    own_face = template_codec.packed([a_template(0)])
    redis_client.hset(keys.person("main", ada.subject), keys.FACES, own_face)
    after = people(redis_client, OLD)
    assert ada.subject not in {entry.subject for entry in after.entries(CONTRACT)}
    with pytest.raises(SealBroken):
        after.templates(ada.subject)
    redis_client.hdel(keys.person("main", ada.subject), keys.FACES)
    single = a_template(0).vector.tobytes()
    redis_client.hset(keys.person("main", ada.subject), keys.vector(0), single)
    assert ada.subject not in {entry.subject for entry in after.entries(CONTRACT)}
    with pytest.raises(SealBroken, match="another program"):
        after.templates(ada.subject)


def test_templates_from_before_the_key_are_read_until_the_rotation(redis_client: Client) -> None:
    plain = RedisPeople(redis_client, "main", FakeClock())
    person = plain.create(a_person(), [a_template()], 0)
    assert [entry.subject for entry in people(redis_client, OLD).entries(CONTRACT)] == [
        person.subject
    ]
    assert not check(redis_client, OLD).all_sealed()
    resealer(redis_client, OLD).run()
    check(redis_client, OLD).only_current()
    assert check(redis_client, OLD).all_sealed()
    assert len(list(people(redis_client, OLD).entries(CONTRACT))) == 1


def test_templates_from_before_the_key_are_sealed_by_the_rotation(redis_client: Client) -> None:
    plain = RedisPeople(redis_client, "main", FakeClock())
    person = plain.create(a_person(), [a_template()], 0)
    revision = plain.revision()
    assert resealer(redis_client, OLD).run() == 1
    assert faces(redis_client, person.subject).startswith(OWN)
    assert b"Ada" not in whole(redis_client, person.subject)
    sealed = people(redis_client, OLD)
    assert (sealed.templates(person.subject)[0].vector == a_template().vector).all()
    assert sealed.revision() == revision  # no gallery has anything to do
    assert sealed.get(person.subject) == person


def test_after_a_rotation_the_old_key_can_go(redis_client: Client) -> None:
    person = people(redis_client, OLD).create(a_person(), [a_template()], 0)
    rotation = check(redis_client, NEW, OLD)
    rotation.ensure()
    assert set(rotation.in_use()) == set(ring(NEW, OLD).ids)
    sealer = DataSealer(ring(NEW, OLD))
    assert resealer(redis_client, NEW, OLD).run() == 0  # only the small keys are sealed anew
    assert reseal_person_keys(redis_client, "main", sealer) == 1
    assert reseal_person_keys(redis_client, "main", sealer) == 0
    rotation.only_current()
    after = people(redis_client, NEW)
    assert (after.templates(person.subject)[0].vector == a_template().vector).all()
    with pytest.raises(DataKeyMissing):
        check(redis_client, OLD).ensure()


def test_templates_sealed_before_people_had_keys_are_read_and_sealed_with_theirs(
    redis_client: Client,
) -> None:
    before = RedisPeople(redis_client, "main", FakeClock(), DataSealer(ring(OLD)))
    person = before.create(a_person(), [a_template()], 0)
    assert is_sealed(vector(redis_client, person.subject))
    now = people(redis_client, OLD)
    assert now.get(person.subject) == person
    assert [entry.subject for entry in now.entries(CONTRACT)] == [person.subject]
    changed = now.update(replace(person, name="Ada L."))
    assert now.get(person.subject) == changed
    assert (now.templates(person.subject)[0].vector == a_template().vector).all()
    assert resealer(redis_client, OLD).run() == 1
    assert faces(redis_client, person.subject).startswith(OWN)
    assert [entry.subject for entry in now.entries(CONTRACT)] == [person.subject]


def test_without_their_key_nothing_of_a_person_opens_whatever_else_is_known(
    redis_client: Client,
) -> None:
    """A copy of the record that outlives the key is worth nothing."""
    store = people(redis_client, OLD)
    person = store.create(a_person(), [a_template()], 0)
    assert list(store.entries(CONTRACT))
    record = whole(redis_client, person.subject)
    assert not any(word in record for word in (b"Ada", b"ada@example.org"))
    redis_client.delete(keys.person_keys("main"))
    assert store.get(person.subject) is None
    assert list(store.entries(CONTRACT)) == []
    assert store.templates(person.subject) == []


def test_a_person_who_could_not_be_registered_leaves_no_key(redis_client: Client) -> None:
    store = people(redis_client, OLD)
    store.create(a_person("7"), [], 0)
    with pytest.raises(IdTaken):
        store.create(a_person("7"), [], store.revision())
    assert redis_client.hlen(keys.person_keys("main")) == 1
    found = store.by_id("7")
    assert found is not None
    assert store.delete(found.subject) == found
    assert redis_client.hlen(keys.person_keys("main")) == 0


def test_one_person_s_fields_do_not_open_as_another_s(redis_client: Client) -> None:
    store = people(redis_client, OLD)
    ada = store.create(a_person("7"), [a_template()], 0)
    bob = store.create(a_person("8", "Bob"), [a_template(1)], store.revision())
    for name in (keys.ABOUT, keys.ALIAS, keys.FACES):
        value = redis_client.hget(keys.person("main", bob.subject), name)
        assert isinstance(value, bytes)
        redis_client.hset(keys.person("main", ada.subject), name, value)
    assert store.get(ada.subject) is None
    assert store.get(bob.subject) == bob


def test_more_templates_than_usual_are_read_with_their_key(redis_client: Client) -> None:
    store = people(redis_client, OLD)
    store.create(a_person(), [a_template(slot) for slot in range(9)], 0)
    (entry,) = store.entries(CONTRACT)
    assert len(entry.vectors) == 9


def test_pictures_on_disk_are_sealed_and_rotated(tmp_path: Path) -> None:
    folder = FolderSnapshots(tmp_path)
    folder.put("people/s/a.jpg", b"a face")
    old = SealedSnapshots(folder, PictureSealer(DataSealer(ring(OLD))))
    old.put("marks/2025/03/10/e.jpg", b"a mark")
    new = SealedSnapshots(folder, PictureSealer(DataSealer(ring(NEW, OLD))))
    assert reseal_pictures(new) == 2
    only = SealedSnapshots(folder, PictureSealer(DataSealer(ring(NEW))))
    opened = list(map(only.get, only.keys()))
    assert opened == [b"a mark", b"a face"]
    on_disk = [path.read_bytes() for path in tmp_path.rglob("*.jpg")]
    assert len(on_disk) == 2
    assert all(is_sealed(stored) for stored in on_disk)


def test_what_waits_in_the_spool_is_sealed_and_arrives_open(tmp_path: Path) -> None:
    bucket = MemorySnapshots()
    bucket.away = True
    spool = SnapshotSpool(bucket, tmp_path, sealer=DataSealer(ring(OLD)))
    try:
        spool.put("marks/2025/03/10/e.jpg", b"a face")
        files = [path for path in tmp_path.glob("*/*") if not path.name.startswith(".")]
        assert len(files) == 1
        assert b"a face" not in files[0].read_bytes()
        assert spool.get("marks/2025/03/10/e.jpg") == b"a face"
        assert waiting_otherwise(tmp_path, DataSealer(ring(OLD))) == 0
        assert waiting_otherwise(tmp_path, DataSealer(ring(NEW, OLD))) == 1
        bucket.away = False
        wait_until(lambda: bool(bucket.jpegs))
    finally:
        spool.close()
    assert bucket.jpegs == {"marks/2025/03/10/e.jpg": b"a face"}


def test_a_rotation_seals_the_secrets_of_authenticator_apps_anew_and_the_old_key_can_go(
    redis_client: Client, tmp_path: Path
) -> None:
    """Also one that was set up before there was any key."""

    def access(*secrets: str) -> SecondFactor:
        sealer = DataSealer(ring(*secrets))
        options = AccessOptions(sealer=sealer)
        return open_access(redis_client, "main", FakeClock(), options).factors

    shown = {}
    for name, secrets in (("ada", ()), ("eve", (OLD,))):
        factors = access(*secrets)
        shown[name] = factors.app.begin("browser", name)
        code = pyotp.TOTP(shown[name]).at(FakeClock().now())
        factors.add_app("browser", name, code)
    data_keys = open_data_keys(redis_client, "main", f"{NEW},{OLD}")
    work = open_resealing(
        redis_client,
        "main",
        data_keys,
        pictures=None,
        left=LeftDays(redis_client, "main"),
        spool=tmp_path / "spool",
    )
    assert work.run().secrets == 2
    assert work.run().secrets == 0
    later = FakeClock()
    later.advance(60)
    factors = open_access(
        redis_client, "main", later, AccessOptions(sealer=DataSealer(ring(NEW)))
    ).factors
    for name, secret in shown.items():
        factors.show_code("elsewhere", name, pyotp.TOTP(secret).at(later.now()))
