"""Pictures under the key of the person in them: sealed, moved, and gone with the person."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from face_rec.domain.errors import SnapshotMissing, StoreError, StoreUnavailable
from face_rec.domain.people import Person
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.people.person_keys import PersonKey, PersonKeys
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.s3 import S3Credentials
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer, SealBroken
from face_rec.stores.site.reseal import MarkOwners, reseal_pictures
from face_rec.stores.snapshots.picture_owners import KEPT, SECONDS, OwnerGone, PictureOwners
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots, S3Snapshots
from face_rec.stores.snapshots.sealed_snapshots import (
    PICTURE,
    ExchangingStore,
    PictureSealer,
    SealedSnapshots,
    WaitingSealer,
)
from face_rec.stores.snapshots.spool import Backoff, SnapshotSpool
from tests.fakes.clock import FakeClock
from tests.fakes.snapshots import MemorySnapshots
from tests.redis_servers import Server, free_port, wait_until
from tests.samples import a_person, an_event

OLD, NEW = "o" * 32, "n" * 32
FACE = b"\xff\xd8 a face \xff\xd9"
SOON = Backoff(first=0.01, longest=0.05)
OLDER = "marks/2025/03/10/e1.jpg"
"""As pictures of marks were named before their names told whose they are."""


def site_sealer(*secrets: str) -> DataSealer:
    return DataSealer(keyring.derived(secrets, "data"))


def owners_of(
    client: Client, *secrets: str, away: Callable[[], bool] = lambda: False
) -> PictureOwners:
    sealer = site_sealer(*secrets)
    own = PersonKeys(client, "main", sealer) if secrets else None
    return PictureOwners(client, "main", own, sealer, away=away)


def pictures_of(client: Client, *secrets: str) -> PictureSealer:
    return PictureSealer(site_sealer(*secrets), owners_of(client, *secrets))


def people(client: Client, *secrets: str) -> RedisPeople:
    sealer = site_sealer(*secrets)
    own = PersonKeys(client, "main", sealer) if secrets else None
    return RedisPeople(client, "main", FakeClock(), sealer, own=own)


@pytest.fixture
def ada(redis_client: Client) -> Person:
    return people(redis_client, OLD).create(a_person(), (), 0)


def erase(client: Client, person: Person) -> None:
    people(client, OLD).delete(person.subject)


def mark_of(person: Person) -> str:
    return f"marks/2025/03/10/{person.subject}.e1.jpg"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def inner(request: pytest.FixtureRequest, tmp_path: Path) -> ExchangingStore:
    if request.param == "folder":
        return FolderSnapshots(tmp_path / "snapshots")
    store = S3Snapshots(
        "pictures",
        tmp_path.name,
        endpoint_url=request.getfixturevalue("endpoint"),
        region="us-east-1",
        credentials=S3Credentials("testing", "testing-secret"),
    )
    known = {bucket["Name"] for bucket in store._client.list_buckets()["Buckets"]}
    if "pictures" not in known:
        store._client.create_bucket(Bucket="pictures")
    return store


# --- at rest


def test_a_picture_opens_while_its_person_is_here_and_never_again(
    redis_client: Client, inner: ExchangingStore, ada: Person
) -> None:
    store = SealedSnapshots(inner, pictures_of(redis_client, OLD))
    for key in (mark_of(ada), f"people/{ada.subject}/a.jpg"):
        store.put(key, FACE)
        assert store.get(key) == FACE
        copy = inner.get(key)
        assert FACE not in copy
        with pytest.raises(StoreError):  # DATA_KEY alone
            SealedSnapshots(inner, PictureSealer(site_sealer(OLD))).get(key)
    erase(redis_client, ada)
    later = SealedSnapshots(inner, pictures_of(redis_client, OLD))
    for key in (mark_of(ada), f"people/{ada.subject}/a.jpg"):
        with pytest.raises(SnapshotMissing):
            later.get(key)


def test_a_copy_does_not_open_for_who_takes_the_id_next(
    redis_client: Client, inner: ExchangingStore, ada: Person
) -> None:
    SealedSnapshots(inner, pictures_of(redis_client, OLD)).put(mark_of(ada), FACE)
    erase(redis_client, ada)
    people(redis_client, OLD).create(replace(ada, name="Eve"), (), 2)  # the same subject, even
    with pytest.raises(SealBroken):
        SealedSnapshots(inner, pictures_of(redis_client, OLD)).get(mark_of(ada))


def test_a_picture_put_in_the_place_of_another_does_not_open(
    redis_client: Client, inner: ExchangingStore, ada: Person
) -> None:
    store = SealedSnapshots(inner, pictures_of(redis_client, OLD))
    store.put(mark_of(ada), FACE)
    bob = people(redis_client, OLD).create(a_person("8", "Bob"), (), 1)
    raw = inner.get(mark_of(ada))
    inner.put(f"people/{ada.subject}/b.jpg", raw)
    swapped = raw.replace(ada.subject.encode(), bob.subject.encode())
    inner.put(mark_of(ada), swapped)
    for key in (f"people/{ada.subject}/b.jpg", mark_of(ada)):
        with pytest.raises(SealBroken):
            store.get(key)


@pytest.mark.parametrize("cut", [0, 4, 5, 20, 40])
def test_a_cut_picture_is_said_to_be_broken(redis_client: Client, ada: Person, cut: int) -> None:
    sealer = pictures_of(redis_client, OLD)
    sealed = PICTURE + sealer.seal(FACE, f"snapshot/{mark_of(ada)}")[4:][:cut]
    with pytest.raises(SealBroken):
        sealer.open(sealed, f"snapshot/{mark_of(ada)}")


def test_what_was_stored_before_is_read_and_sealed_anew_once(
    redis_client: Client, inner: ExchangingStore, ada: Person
) -> None:
    portrait = f"people/{ada.subject}/a.jpg"
    inner.put(portrait, FACE)  # of before DATA_KEY, or in S3
    before = SealedSnapshots(inner, PictureSealer(site_sealer(OLD)))
    before.put(OLDER, FACE)
    before.put("marks/2025/03/10/e2.jpg", FACE)  # its mark is not there
    marks = RedisAttendance(redis_client, "main")
    marks.apply(replace(an_event("e1", ada.subject), snapshot=OLDER), 60)
    now = SealedSnapshots(inner, pictures_of(redis_client, NEW, OLD))
    wanted = {portrait, OLDER, "marks/2025/03/10/e2.jpg"}
    assert {key for key in list(now.keys()) if now.get(key) == FACE} == wanted
    assert reseal_pictures(now, MarkOwners(marks)) == 3
    assert reseal_pictures(now, MarkOwners(marks)) == 0
    assert {key for key in list(now.keys()) if now.get(key) == FACE} == wanted
    own = {key for key in list(inner.keys()) if inner.get(key).startswith(PICTURE)}
    assert own == {portrait, OLDER}
    erase(redis_client, ada)
    after = SealedSnapshots(inner, pictures_of(redis_client, NEW, OLD))
    assert after.get("marks/2025/03/10/e2.jpg") == FACE
    for key in own:
        with pytest.raises(SnapshotMissing):
            after.get(key)


def test_s3_is_told_what_it_is_given(redis_client: Client, endpoint: str, ada: Person) -> None:
    store = S3Snapshots(
        "kinds", "", endpoint_url=endpoint, credentials=S3Credentials("testing", "testing-secret")
    )
    store._client.create_bucket(Bucket="kinds")
    SealedSnapshots(store, pictures_of(redis_client, OLD)).put(mark_of(ada), FACE)
    store.put("plain.jpg", FACE)
    kinds = [
        store._client.head_object(Bucket="kinds", Key=key)["ContentType"]
        for key in (mark_of(ada), "plain.jpg")
    ]
    assert kinds == ["application/octet-stream", "image/jpeg"]


# --- on its way


@pytest.mark.parametrize("secrets", [(OLD,), ()], ids=["sealed", "open"])
def test_a_picture_still_in_memory_at_the_erasure_does_not_arrive(
    redis_client: Client, tmp_path: Path, ada: Person, secrets: tuple[str, ...]
) -> None:
    folder = FolderSnapshots(tmp_path / "snapshots")
    sealer = pictures_of(redis_client, *secrets)
    sealer.seal(FACE, f"snapshot/{mark_of(ada)}")  # the key is known to this process
    spool = SnapshotSpool(
        SealedSnapshots(folder, sealer),
        tmp_path / "spool",
        sealer=WaitingSealer(sealer),
        backoff=SOON,
    )
    try:
        erase(redis_client, ada)  # elsewhere, which knows nothing of this memory
        spool.offer(mark_of(ada), np.zeros((8, 8, 3), np.uint8))
        spool.put(f"people/{ada.subject}/late.jpg", FACE)
        wait_until(lambda: spool.pending() == 0)
        assert list(spool.keys()) == []
        stats = spool.stats()
        assert (stats.stored, stats.aside, stats.problem) == (0, 0, "")
        assert not [p for p in tmp_path.rglob("*.jpg") if p.is_file()]
    finally:
        spool.close()


class SlowSnapshots(FolderSnapshots):
    """``meanwhile`` happens before a picture is there."""

    def __init__(self, root: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(root)
        self._meanwhile = meanwhile

    def put(self, key: str, jpeg: bytes) -> None:
        self._meanwhile()
        super().put(key, jpeg)


@pytest.mark.parametrize("secrets", [(OLD,), ()], ids=["sealed", "open"])
def test_a_picture_that_a_slow_store_takes_during_the_erasure_does_not_stay(
    redis_client: Client, tmp_path: Path, ada: Person, secrets: tuple[str, ...]
) -> None:
    inner = SlowSnapshots(tmp_path, lambda: erase(redis_client, ada))
    store = SealedSnapshots(inner, pictures_of(redis_client, *secrets))
    with pytest.raises(OwnerGone):
        store.put(mark_of(ada), FACE)
    assert list(inner.keys()) == []


def test_a_picture_does_not_stay_where_nobody_can_be_asked_about_its_person(
    redis_client: Client, tmp_path: Path, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = owners_of(redis_client, OLD)

    def away(_: str) -> bool:
        raise StoreUnavailable("Redis went away.")

    inner = SlowSnapshots(tmp_path, lambda: monkeypatch.setattr(owners, "here", away))
    store = SealedSnapshots(inner, PictureSealer(site_sealer(OLD), owners))
    with pytest.raises(StoreUnavailable):
        store.put(mark_of(ada), FACE)
    assert list(inner.keys()) == []


def test_what_waited_on_another_machine_during_the_erasure_is_dropped_there(
    redis_client: Client, tmp_path: Path, ada: Person
) -> None:
    store = MemorySnapshots()
    store.away = True
    sealer = pictures_of(redis_client, OLD)
    spool = SnapshotSpool(store, tmp_path / "spool", sealer=WaitingSealer(sealer), backoff=SOON)
    spool.put(mark_of(ada), FACE)
    spool.close(0.1)
    (waiting,) = [p for p in tmp_path.rglob("*.jpg") if p.is_file()]
    assert waiting.read_bytes().startswith(PICTURE)
    erase(redis_client, ada)
    store.away = False
    sealer = pictures_of(redis_client, OLD)
    again = SnapshotSpool(store, tmp_path / "spool", sealer=WaitingSealer(sealer), backoff=SOON)
    try:
        wait_until(lambda: again.pending() == 0 and not waiting.exists())
        assert store.jpegs == {}
        assert again.stats().aside == 0
    finally:
        again.close()


def test_a_picture_taken_while_redis_is_away_waits_and_arrives_sealed_with_its_own_key(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path / "redis", "--appendonly", "yes", "--appendfsync", "always").start()
    with ExitStack() as stack:
        stack.callback(server.stop)
        client = connect(RedisAddress(nodes=(("127.0.0.1", server.port),)))
        stack.callback(client.close)
        person = people(client, OLD).create(a_person(), (), 0)
        server.kill()
        owners = owners_of(client, OLD, away=lambda: True)
        sealer = PictureSealer(site_sealer(OLD), owners)
        folder = FolderSnapshots(tmp_path / "snapshots")
        spool = SnapshotSpool(
            SealedSnapshots(folder, sealer),
            tmp_path / "spool",
            sealer=WaitingSealer(sealer),
            backoff=SOON,
        )
        stack.callback(spool.close)
        spool.put(mark_of(person), FACE)
        assert spool.get(mark_of(person)) == FACE
        assert not [p for p in tmp_path.rglob("*.jpg") if p.is_file() and FACE in p.read_bytes()]
        assert spool.stats().dropped == 0
        server.start()
        wait_until(lambda: spool.pending() == 0)
        assert folder.get(mark_of(person)).startswith(PICTURE)
        assert SealedSnapshots(folder, pictures_of(client, OLD)).get(mark_of(person)) == FACE


# --- keys that are kept open


class _Counting(PersonKeys):
    asked = 0

    def all_of(self, subject: str) -> list[PersonKey]:
        self.asked += 1
        return super().all_of(subject)


def test_a_key_is_asked_for_once_a_minute(redis_client: Client, ada: Person) -> None:
    now, own = [0.0], _Counting(redis_client, "main", site_sealer(OLD))
    owners = PictureOwners(redis_client, "main", own, site_sealer(OLD), seconds=lambda: now[0])
    sealed = owners.fresh(ada.subject).seal(FACE, "x")
    for _ in range(10):
        assert owners.sealer(ada.subject).open_own(sealed, "x") == FACE
    assert own.asked == 1
    erase(redis_client, ada)
    now[0] = SECONDS
    with pytest.raises(OwnerGone):
        owners.sealer(ada.subject)


def test_only_so_many_keys_are_kept_open(
    redis_client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.stores.snapshots.picture_owners.KEPT", 2)
    owners = owners_of(redis_client, OLD)
    for number in range(5):
        one = people(redis_client, OLD).create(a_person(f"n{number}"), (), number + 1)
        owners.fresh(one.subject)
    assert len(owners._open) == 2
    assert KEPT > 1000


def test_a_key_that_does_not_open_is_no_reason_to_drop_a_picture(
    redis_client: Client, ada: Person
) -> None:
    redis_client.hset(
        keys.person_keys("main"), PersonKeys(redis_client, "main").alias(ada.subject), b"broken"
    )
    with pytest.raises(SealBroken, match="does not open") as raised:
        pictures_of(redis_client, OLD).seal(FACE, f"snapshot/{mark_of(ada)}")
    assert not isinstance(raised.value, OwnerGone)


def test_nothing_is_refused_when_redis_cannot_be_asked() -> None:
    client = connect(RedisAddress(nodes=(("127.0.0.1", free_port()),)))
    with pytest.raises(StoreUnavailable):
        pictures_of(client, OLD).seal(FACE, "snapshot/marks/2025/03/10/s1.e1.jpg")
    with pytest.raises(StoreUnavailable):
        pictures_of(client).seal(FACE, "snapshot/marks/2025/03/10/s1.e1.jpg")
