"""Snapshots in S3, or in a server that speaks its language.

Safe to call from several threads and processes at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.stores.snapshots.snapshot_keys import check_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """Explicit keys; without them boto3's default chain finds a role or profile."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


_ADVICE = {
    "NoSuchBucket": "Create the bucket or correct S3_BUCKET.",
    "AccessDenied": "Allow the role or user the actions that deploy/README.md lists.",
    "InvalidAccessKeyId": "Correct AWS_ACCESS_KEY_ID.",
    "SignatureDoesNotMatch": "Correct AWS_SECRET_ACCESS_KEY.",
    "ExpiredToken": "Renew AWS_SESSION_TOKEN and the keys that belong to it.",
    "PermanentRedirect": "Set AWS_REGION to the region of the bucket.",
    "AuthorizationHeaderMalformed": "Set AWS_REGION to the region of the bucket.",
    "RequestTimeTooSkewed": "Set the clock of this machine (NTP).",
    "NotImplemented": "If the server knows no server-side encryption, set S3_ENCRYPTION=none.",
    "KMS.NotFoundException": "Correct S3_KMS_KEY_ID.",
    "NoCredentialsError": "Give the machine a role, or set AWS_ACCESS_KEY_ID and its secret.",
    "EndpointConnectionError": "Check the network, S3_ENDPOINT_URL and AWS_REGION.",
}
_JPEG = b"\xff\xd8"  # else it is sealed
_MISSING = {"NoSuchKey", "NotFound", "404"}


class S3Snapshots:
    """One object a snapshot in ``bucket``, below ``prefix``.

    ``encryption`` is AES256, aws:kms (with ``kms_key_id``, else the account's
    own key) or none, in any case. All methods raise BadSnapshotKey for a text
    that is no key, and StoreUnavailable, with advice, when S3 does not do it.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
        credentials: S3Credentials | None = None,
        encryption: str = "AES256",
        kms_key_id: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._encryption = s3_encryption(encryption, kms_key_id)
        self._client = s3_client(endpoint_url, region, credentials)

    def put(self, key: str, jpeg: bytes) -> None:
        """Store ``jpeg``, encrypted at rest as configured."""
        with self._errors(key):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + check_key(key),
                Body=jpeg,
                ContentType=_kind(key, jpeg),
                CacheControl="private, no-store",
                **self._encryption,
            )

    def get(self, key: str) -> bytes:
        """The JPEG; raises SnapshotMissing."""
        with self._errors(key):
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + check_key(key))
            jpeg: bytes = found["Body"].read()
        return jpeg

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` is what lies there. S3 knows no lock: a picture deleted
        in this very moment can come back, sealed with a key that is destroyed by then."""
        try:
            same = self.get(key) == was
        except SnapshotMissing:
            return False
        if same:
            self.put(key, becomes)
        return same

    def delete(self, key: str) -> None:
        """Remove the JPEG; no error if there is none."""
        with self._errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + check_key(key))

    def url(self, key: str, seconds: int = 300) -> str | None:
        """An address that shows the JPEG to whoever has it for ``seconds``."""
        with self._errors(key):
            where = {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}
            return self._client.generate_presigned_url(
                "get_object", Params=where, ExpiresIn=seconds
            )

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, a page of 1,000 at a time."""
        with self._errors(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for entry in page.get("Contents", []):
                    yield entry["Key"].removeprefix(self._prefix)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise SnapshotMissing(f"There is no snapshot {key}.") from None
            raise self._unavailable(code) from error
        except BotoCoreError as error:
            raise self._unavailable(type(error).__name__) from error

    def _unavailable(self, code: str) -> StoreUnavailable:
        advice = _ADVICE.get(code, "It is tried again; check the network and the S3 settings.")
        return StoreUnavailable(f"S3 bucket {self._bucket} does not answer ({code}). {advice}")


def _kind(key: str, content: bytes) -> str:
    if key.endswith(".json"):
        return "application/json"
    return "image/jpeg" if content.startswith(_JPEG) else "application/octet-stream"


def s3_encryption(kind: str, kms_key_id: str | None) -> dict[str, Any]:
    """The arguments of put_object for a kind as S3_ENCRYPTION names it."""
    if kind.lower() == "none":
        return {}
    if kind.lower() != "aws:kms":
        return {"ServerSideEncryption": "AES256"}
    key = {"SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    return {"ServerSideEncryption": "aws:kms", **key}


def s3_client(
    endpoint_url: str | None, region: str | None, credentials: S3Credentials | None
) -> "S3Client":
    session = boto3.session.Session(
        aws_access_key_id=credentials.access_key_id if credentials else None,
        aws_secret_access_key=credentials.secret_access_key if credentials else None,
        aws_session_token=credentials.session_token if credentials else None,
        region_name=region,
    )
    client: S3Client = session.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=session.region_name or "us-east-1",
        config=_config(own_server=endpoint_url is not None),
    )
    return client


def _config(*, own_server: bool) -> Config:
    """Short timeouts and few tries of boto3's: the spool is who waits and retries.

    Servers that only resemble S3 often know neither host-style addresses nor
    the checksums that newer clients send unasked.
    """
    return Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "max_attempts": 3},
        s3={"addressing_style": "path" if own_server else "auto"},
        request_checksum_calculation="when_required" if own_server else "when_supported",
        response_checksum_validation="when_required" if own_server else "when_supported",
    )
