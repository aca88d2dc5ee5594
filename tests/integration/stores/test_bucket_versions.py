"""A bucket that keeps versions, after an erasure: what stands in it still, and for whom."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

import config
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from face_rec.domain import pictures
from face_rec.domain.errors import SnapshotMissing
from face_rec.stores.s3 import S3Credentials
from face_rec.stores.snapshots.plain_snapshots import S3Snapshots
from tests.redis_servers import wait_until
from tests.samples import a_person, a_template, an_event

KEY = "k" * 40
FACE = b"\xff\xd8 the face of somebody \xff\xd9"


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Snapshots]:
    """Empty, and set as the site's."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    store = S3Snapshots(
        "faces", endpoint_url=url, region="us-east-1",
        credentials=S3Credentials("testing", "testing-secret"),
    )  # fmt: skip
    store._client.create_bucket(Bucket="faces")
    store._client.put_bucket_versioning(
        Bucket="faces", VersioningConfiguration={"Status": "Enabled"}
    )
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"), "S3_BUCKET": "faces", "S3_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield store
    server.stop()


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sealed"])
def test_older_versions_of_pictures_stay_and_with_a_key_they_open_for_nobody(
    bucket: S3Snapshots, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The certificate names them; without a key they show the face until they expire."""
    monkeypatch.setenv("DATA_KEY", key)
    settings = config.load(dotenv=None)
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        person = stores.writers.people.create(
            a_person(), [a_template(1)], stores.people.revision()
        )
        event = replace(an_event("e1", person.subject), at=SystemClock().now())
        wanted = {
            pictures.key_of(event.id, event.at, person.subject): FACE,
            f"{pictures.portraits_of(person.subject)}1.jpg": FACE,
        }
        for name, jpeg in wanted.items():
            stores.spool.put(name, jpeg)
        wait_until(lambda: stores.spool.pending() == 0)
        assert {one: stores.spool.get(one) for one in wanted} == wanted
        privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
        certificate = privacy.erasure.erase(person.subject, "boss")
        assert list(stores.spool.keys(pictures.MARKS)) == []
        assert list(stores.spool.keys(pictures.PEOPLE)) == []
    assert "older versions of pictures in a bucket that keeps versions" in " ".join(
        certificate.kept
    )
    kept = older(bucket, wanted)
    assert all((FACE in stored) is not bool(key) for _, stored in kept.values())
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        for name, (at, stored) in kept.items() if key else ():
            bucket._client.put_object(Bucket="faces", Key=at, Body=stored)  # put back
            with pytest.raises(SnapshotMissing):
                stores.spool.get(name)


def older(bucket: S3Snapshots, names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
    """Of each version of these pictures that is there, where it lies and its bytes."""
    found = bucket._client.list_object_versions(Bucket="faces").get("Versions", [])
    kept = {}
    for name in names:
        (at,) = [one for one in found if one["Key"].endswith(name)]
        stored = bucket._client.get_object(
            Bucket="faces", Key=at["Key"], VersionId=at["VersionId"]
        )
        kept[name] = (at["Key"], stored["Body"].read())
    return kept
