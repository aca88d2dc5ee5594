"""The witness in S3 with Object Lock and versions, over real HTTP against moto's server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.redis.client import Client
from face_rec.stores.s3 import S3Credentials, s3_client
from face_rec.stores.verify.chain_report import Flaw
from face_rec.stores.witness.bucket import WitnessBucket
from tests.integration.chain.test_chain_attacks import Site
from tests.samples import an_event

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield s3_client(server, "us-east-1", S3Credentials("t", "testing-secret"))


@pytest.fixture
def s3(server: str, client: Any) -> Any:  # noqa: ANN401
    """A client of a server with two empty buckets."""
    httpx.post(f"{server}/moto-api/reset").raise_for_status()
    client.create_bucket(Bucket="plain")
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    return client


def _bucket(s3: Any, name: str, lock_days: int = 0) -> WitnessBucket:  # noqa: ANN401
    return WitnessBucket(
        s3, name, "site/", encryption={"ServerSideEncryption": "AES256"}, lock_days=lock_days,
        now=lambda: NOW,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["plain", "locked"])
def test_what_is_put_is_found_again(s3: Any, name: str) -> None:  # noqa: ANN401
    bucket = _bucket(s3, name)
    assert bucket.get("a/1") is None
    bucket.put("a/1", b"one")
    bucket.put("a/2", b"two")
    bucket.put("b/1", b"else")
    assert bucket.keys("a/") == ["a/1", "a/2"]
    assert bucket.get("a/1") == b"one"


def test_objects_are_locked_for_as_long_as_is_set(s3: Any) -> None:  # noqa: ANN401
    bucket = _bucket(s3, "locked", lock_days=30)
    bucket.put("a/1", b"one")
    kept = s3.head_object(Bucket="locked", Key="site/a/1")
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert kept["ObjectLockRetainUntilDate"] == NOW + timedelta(days=30)
    (version,) = s3.list_object_versions(Bucket="locked", Prefix="site/a/1")["Versions"]
    with pytest.raises(Exception, match="AccessDenied"):
        s3.delete_object(Bucket="locked", Key="site/a/1", VersionId=version["VersionId"])


def test_a_shorter_object_or_a_delete_marker_over_a_locked_one_hides_nothing(s3: Any) -> None:  # noqa: ANN401
    bucket = _bucket(s3, "locked", lock_days=30)
    bucket.put("a/1", b"one, two, three")
    s3.put_object(Bucket="locked", Key="site/a/1", Body=b"one")
    assert bucket.get("a/1") == b"one, two, three"
    s3.delete_object(Bucket="locked", Key="site/a/1")
    assert bucket.keys("a/") == ["a/1"]
    assert bucket.get("a/1") == b"one, two, three"


def test_a_bucket_without_object_lock_says_so(s3: Any) -> None:  # noqa: ANN401
    with pytest.raises(StoreUnavailable, match="made with Object Lock"):
        _bucket(s3, "plain", lock_days=30).put("a/1", b"one")
    with pytest.raises(StoreUnavailable, match="correct WITNESS_BUCKET"):
        _bucket(s3, "nowhere").put("a/1", b"one")


@pytest.mark.parametrize(
    ("code", "setting"),
    [("InvalidAccessKeyId", "AWS_ACCESS_KEY_ID"), ("NoSuchBucket", "WITNESS_BUCKET")],
)
def test_what_s3_refuses_names_the_setting_to_correct(code: str, setting: str) -> None:
    """Those of every bucket, and its own before them."""

    class Refusing:
        def put_object(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": code}}, "PutObject")

    with pytest.raises(StoreUnavailable, match=setting):
        _bucket(Refusing(), "plain").put("a/1", b"one")


def test_a_cut_of_redis_and_of_the_bucket_and_of_this_machine_is_found(
    s3: Any,  # noqa: ANN401
    redis_client: Client,
    tmp_path: Path,
) -> None:
    """Only the locked versions are left to tell, and they do."""
    site = Site(redis_client, tmp_path, _bucket(s3, "locked", lock_days=30)).lived()
    site.marks.apply(an_event("newest", "s9"), 0)
    site.watch.copy()
    lines = site.log().read_bytes().splitlines(keepends=True)
    site.log().write_bytes(b"".join(lines[:-1]))
    (tmp_path / "keys" / "witness-main.json").unlink()
    listed = s3.list_objects_v2(Bucket="locked")["Contents"]
    for one in listed:
        s3.put_object(Bucket="locked", Key=one["Key"], Body=b"".join(lines[:-1]))
    again = Site(redis_client, tmp_path, _bucket(s3, "locked", lock_days=30))
    again.watch.copy()
    findings = again.verify().findings
    assert any(f.flaw is Flaw.WITNESS and "taken away here" in f.detail for f in findings)
    assert "differs" in again.watch.status().broken
