"""Both snapshot stores under one contract; S3 over real HTTP against moto's server."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from face_rec.domain.errors import BadSnapshotKey, SnapshotMissing, StoreUnavailable
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.s3 import S3Credentials
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots, S3Snapshots

pytestmark = pytest.mark.usefixtures("services_read_once")

JPEG = b"\xff\xd8 not quite a picture \xff\xd9"
KEYS = S3Credentials("testing", "testing-secret")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def no_other_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def buckets(endpoint: str) -> BaseClient:
    """A client that makes them; opening one takes longer than most tests here."""
    return S3Snapshots(
        "none", endpoint_url=endpoint, region="eu-central-1", credentials=KEYS
    )._client


Open = Callable[..., S3Snapshots]


@pytest.fixture
def open_s3(endpoint: str, buckets: BaseClient, request: pytest.FixtureRequest) -> Open:
    """Opens a store on a bucket of its own."""
    bucket = f"bucket-{abs(hash(request.node.nodeid)) % 10**12}"

    def make(**options: Any) -> S3Snapshots:  # noqa: ANN401
        settings = {"endpoint_url": endpoint, "region": "eu-central-1", "credentials": KEYS}
        return S3Snapshots(bucket, **{"prefix": "attendance/", **settings, **options})

    buckets.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return make


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SnapshotStore:
    if request.param == "folder":
        return FolderSnapshots(tmp_path / "snapshots")
    make: Open = request.getfixturevalue("open_s3")
    return make()


# --- what both promise -------------------------------------------------------


def test_what_is_put_comes_back(store: SnapshotStore) -> None:
    store.put("2026-11-22/abc.jpg", JPEG)
    assert store.get("2026-11-22/abc.jpg") == JPEG


def test_a_second_put_replaces_the_first(store: SnapshotStore) -> None:
    store.put("a.jpg", b"old")
    store.put("a.jpg", b"new")
    assert store.get("a.jpg") == b"new"
    assert list(store.keys()) == ["a.jpg"]


def test_an_unknown_key_is_missing(store: SnapshotStore) -> None:
    with pytest.raises(SnapshotMissing, match=r"2026-11-22/nobody\.jpg"):
        store.get("2026-11-22/nobody.jpg")


def test_what_is_deleted_is_missing_and_may_be_deleted_again(store: SnapshotStore) -> None:
    store.put("day/a.jpg", JPEG)
    store.delete("day/a.jpg")
    store.delete("day/a.jpg")
    with pytest.raises(SnapshotMissing):
        store.get("day/a.jpg")
    assert list(store.keys()) == []


def test_keys_are_listed_by_prefix(store: SnapshotStore) -> None:
    for key in ("2026-11-21/a.jpg", "2026-11-22/b.jpg", "2026-11-22/c.jpg", "people/d.jpg"):
        store.put(key, JPEG)
    assert list(store.keys("2026-11-22/")) == ["2026-11-22/b.jpg", "2026-11-22/c.jpg"]
    assert len(list(store.keys())) == 4
    sizes = dict(store.sizes("2026-11-22/"))
    assert sizes == {key: len(store.get(key)) for key in store.keys("2026-11-22/")}


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x.jpg", "a/../../x.jpg", "a//b", "a/", ".hidden", "a/.incoming/b",
     "a\\b", "a b", "C:x", "a\n", "a\x00b", "ä.jpg", "a..jpg", "%2e%2e/x", "x" * 201],
)  # fmt: skip
def test_a_key_that_is_not_ours_is_refused_by_every_method(store: SnapshotStore, key: str) -> None:
    for call in (store.get, store.delete, store.url, lambda k: store.put(k, JPEG)):
        with pytest.raises(BadSnapshotKey):
            call(key)


# --- the folder --------------------------------------------------------------


def test_the_folder_is_open_to_nobody_else(tmp_path: Path) -> None:
    FolderSnapshots(tmp_path / "s").put("people/x/a.jpg", JPEG)
    modes = {p.stat().st_mode & 0o077 for p in [tmp_path / "s", *(tmp_path / "s").rglob("*")]}
    assert modes == {0}


def test_deleting_the_last_snapshot_of_a_day_removes_its_folder(tmp_path: Path) -> None:
    store = FolderSnapshots(tmp_path / "s")
    store.put("2026/11/22/a.jpg", JPEG)
    store.put("2026/12/b.jpg", JPEG)
    store.delete("2026/11/22/a.jpg")
    assert sorted(p.name for p in (tmp_path / "s" / "2026").iterdir()) == ["12"]


def test_a_put_that_fails_leaves_the_old_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderSnapshots(tmp_path / "s")
    store.put("a.jpg", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("face_rec.files.write_synced", full)
    with pytest.raises(StoreUnavailable, match=r"No space left.*disk is not full"):
        store.put("a.jpg", b"new")
    assert store.get("a.jpg") == b"old"


def test_half_written_files_of_a_crash_are_swept_away(tmp_path: Path) -> None:
    FolderSnapshots(tmp_path / "s")
    left = tmp_path / "s" / ".incoming" / "half"
    left.write_bytes(b"half a face")
    os.utime(left, (0, 0))
    assert list(FolderSnapshots(tmp_path / "s").keys()) == []
    assert not left.exists()


def test_a_file_in_the_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        FolderSnapshots(tmp_path / "s")


# --- S3 ----------------------------------------------------------------------


def _sent(store: S3Snapshots) -> dict[str, str]:
    """The headers of one put, as they leave for the network."""
    headers: dict[str, str] = {}

    def note(request: Any, **_: object) -> None:  # noqa: ANN401
        headers.update({name.lower(): _text(value) for name, value in request.headers.items()})

    store._client.meta.events.register("before-send.s3.PutObject", note)
    store.put("2026-11-22/abc.jpg", JPEG)
    return headers


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def test_every_upload_asks_for_encryption(open_s3: Open) -> None:
    headers = _sent(open_s3())
    assert headers["x-amz-server-side-encryption"] == "AES256"
    assert headers["content-type"] == "image/jpeg"


def test_the_setting_may_be_written_in_small_letters(open_s3: Open) -> None:
    assert _sent(open_s3(encryption="aes256"))["x-amz-server-side-encryption"] == "AES256"


def test_a_kms_key_is_named(open_s3: Open) -> None:
    headers = _sent(open_s3(encryption="aws:kms", kms_key_id="alias/attendance"))
    assert headers["x-amz-server-side-encryption"] == "aws:kms"
    assert headers["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/attendance"


def test_encryption_can_be_left_to_the_bucket(open_s3: Open) -> None:
    headers = _sent(open_s3(encryption="none"))
    assert not any("encryption" in name for name in headers)


def test_the_server_stores_what_the_headers_ask_for(open_s3: Open) -> None:
    store = open_s3()
    store.put("a.jpg", JPEG)
    head = store._client.head_object(Bucket=store._bucket, Key="attendance/a.jpg")
    assert head["ServerSideEncryption"] == "AES256"
    assert head["ContentType"] == "image/jpeg"


def test_a_presigned_url_shows_the_picture_to_a_browser(open_s3: Open) -> None:
    store = open_s3()
    store.put("2026-11-22/abc.jpg", JPEG)
    url = store.url("2026-11-22/abc.jpg", seconds=60)
    assert url is not None
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        assert answer.read() == JPEG
        assert answer.headers["Content-Type"] == "image/jpeg"
    assert "X-Amz-Expires=60" in url
    assert "testing-secret" not in url


def test_a_presigned_url_of_nothing_is_not_found(open_s3: Open) -> None:
    url = open_s3().url("nothing.jpg")
    assert url is not None
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(url)  # noqa: S310 - our own server


def test_more_keys_than_one_page_holds_are_all_listed(
    open_s3: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")  # 1,000 at Amazon
    store = open_s3()
    for number in range(25):
        store.put(f"day/{number:04}.jpg", JPEG)
    first = store._client.list_objects_v2(Bucket=store._bucket)
    assert (len(first["Contents"]), first["IsTruncated"]) == (10, True)
    assert len(list(store.keys("day/"))) == 25


def test_two_prefixes_in_one_bucket_do_not_see_each_other(open_s3: Open) -> None:
    one, other = open_s3(prefix="one"), open_s3(prefix="/other/")
    one.put("a.jpg", JPEG)
    assert list(other.keys()) == []
    with pytest.raises(SnapshotMissing):
        other.get("a.jpg")


def test_a_bucket_that_does_not_exist_is_named_with_advice(endpoint: str) -> None:
    store = S3Snapshots("no-such-bucket", endpoint_url=endpoint, credentials=KEYS)
    with pytest.raises(StoreUnavailable, match=r"no-such-bucket.*Create the bucket"):
        store.put("a.jpg", JPEG)


def test_a_server_that_is_away_is_unavailable_not_missing() -> None:
    store = S3Snapshots("b", endpoint_url="http://127.0.0.1:9", credentials=KEYS)
    with pytest.raises(StoreUnavailable, match=r"EndpointConnectionError.*S3_ENDPOINT_URL"):
        store.get("a.jpg")


def test_missing_credentials_are_explained(endpoint: str) -> None:
    store = S3Snapshots("b", endpoint_url=endpoint)
    with pytest.raises(StoreUnavailable, match=r"role, or set AWS_ACCESS_KEY_ID"):
        store.put("a.jpg", JPEG)


def test_the_secret_is_not_in_the_credentials_repr() -> None:
    assert "secret" not in repr(S3Credentials("id", "top-secret", "secret-token")).lower()


@pytest.mark.parametrize("bucket", ["clocks", "no-such-bucket"])
def test_the_server_says_its_time_also_when_it_refuses(
    endpoint: str, buckets: BaseClient, bucket: str
) -> None:
    with suppress(ClientError):  # it is there from the first time
        buckets.create_bucket(
            Bucket="clocks", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    store = S3Snapshots(bucket, endpoint_url=endpoint, region="eu-central-1", credentials=KEYS)
    ahead = store.ahead(lambda: datetime.now(UTC) + timedelta(hours=1))
    assert ahead is not None
    assert abs(ahead - 3600) < 120
    away = S3Snapshots(
        bucket, endpoint_url="http://127.0.0.1:9", region="eu-central-1", credentials=KEYS
    )
    assert away.ahead(lambda: datetime.now(UTC)) is None
