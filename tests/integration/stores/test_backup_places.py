"""Backups of other versions, and in S3."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from config import load
from face_rec import assembly
from face_rec.assembly.commands.commands import open_backups
from face_rec.domain.errors import BackupRefused, StoreError
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import BackupReader
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.redis.client import Client
from face_rec.stores.site.schema import SCHEMA
from tests.fakes.clock import MORNING
from tests.integration.stores.backup_site import OPEN, SEALED, file_of, pair, server, small

__all__ = ["pair", "server"]


def test_an_older_backup_passes_through_the_migrations() -> None:
    old = [Record("shift:{main}", "hash", ((b"a", b"1"),)), Record("gone:{main}", "set", ())]
    migrations = {
        1: lambda record: None if record.key.startswith("gone") else record,
        2: lambda record: replace(record, key="rules:{main}:shifts"),
    }
    found = list(BackupReader(file_of(old), 3, migrations).records())
    assert found == [Record("rules:{main}:shifts", "hash", ((b"a", b"1"),))]


def test_a_newer_backup_asks_for_an_update_first() -> None:
    with pytest.raises(BackupRefused, match="Update this app first"):
        BackupReader(file_of([], schema=2))


def test_every_schema_before_this_one_has_its_migration() -> None:
    assert set(backup_file.MIGRATIONS) == set(range(1, SCHEMA))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A bucket, as settings."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings = {
        "S3_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret",
    }  # fmt: skip
    place: Any = assembly.backup_place(load(settings, dotenv=None), "s3://backups/any")
    place._client.create_bucket(Bucket="backups")
    yield settings
    server.stop()


def test_a_backup_goes_to_s3_and_comes_from_there(
    pair: tuple[Client, Client], bucket: dict[str, str]
) -> None:
    small(pair[0])
    place = assembly.backup_place(load(bucket, dotenv=None), "s3://backups/daily/1.backup")
    backups = open_backups(pair[0], "main", SEALED)
    backups.save(place, MORNING)
    with pytest.raises(BackupRefused, match="--force"):
        backups.save(place, MORNING)
    assert open_backups(pair[1], "main", SEALED).load(place).people == 3
    stored: Any = place
    about = stored._client.head_object(Bucket="backups", Key="daily/1.backup")
    assert about["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize("address", ["s3://backups", "s3:///key", "s3://no-such-bucket/key"])
def test_an_address_in_s3_that_cannot_be_says_what_to_do(
    pair: tuple[Client, Client], bucket: dict[str, str], address: str
) -> None:
    with pytest.raises(StoreError, match=r"write it like|Check the bucket"):
        open_backups(pair[0], "main", OPEN).save(
            assembly.backup_place(load(bucket, dotenv=None), address), MORNING
        )
