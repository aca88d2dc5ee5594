"""Signing in at the archive by tokens instead of a password (RDS with IAM), over TLS."""

from pathlib import Path

import pytest

import config
from face_rec.archive.database import ArchiveDatabase
from face_rec.assembly.storage.left import archive_token
from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.rds import RdsTokens
from face_rec.stores.s3 import S3Credentials
from tests.postgres_server import Postgres

KEYS = S3Credentials("AKIDEXAMPLE", "secret")
HOST = "attendance.abc123.eu-central-1.rds.amazonaws.com"


@pytest.mark.parametrize("region", [None, "eu-central-1"])
def test_a_token_is_of_the_host_port_user_and_region(region: str | None) -> None:
    token = RdsTokens(region, KEYS)(HOST, 5432, "attendance")
    assert token.startswith(f"{HOST}:5432/?Action=connect&DBUser=attendance&")
    assert "%2Feu-central-1%2Frds-db%2Faws4_request" in token


def test_only_who_asks_for_it_signs_in_by_token(tmp_path: Path) -> None:
    url = {"ARCHIVE_URL": "postgresql://u@h/d", "DATA_DIR": str(tmp_path)}
    assert archive_token(config.load(url, dotenv=None)) is None
    assert archive_token(config.load({**url, "ARCHIVE_IAM": "on"}, dotenv=None)) is not None


def test_each_connection_gets_a_token_of_its_own_and_speaks_tls_with_whom_it_knows(
    postgres: Postgres, archive_url: str
) -> None:
    postgres.ask("DROP ROLE IF EXISTS rds")
    postgres.ask("CREATE ROLE rds LOGIN SUPERUSER PASSWORD 'token 1'")
    asked: list[tuple[str, int, str]] = []

    def token(host: str, port: int, user: str) -> str:
        asked.append((host, port, user))
        return "token 1"

    url = archive_url.replace("//face@", "//rds@")
    known = f"{url}?sslrootcert={postgres.certificate}"
    for address in (known, f"{known}&sslmode=disable"):
        database = ArchiveDatabase(address, token)
        with database.begin() as connection:
            tls = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            assert connection.exec_driver_sql(tls).scalar() is True
        database.close()
    assert asked == [("127.0.0.1", postgres.port, "rds")] * 2
    for address, other in ((known, "an old token"), (url, "token 1")):
        database = ArchiveDatabase(address, lambda *_, other=other: other)
        with pytest.raises(StoreUnavailable) as refused, database.begin():
            pass
        assert "token" not in str(refused.value)
        database.close()
