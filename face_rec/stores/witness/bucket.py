"""The witness's place in S3: objects that, with Object Lock, nobody can change or remove.

With ``lock_days`` each object is written in compliance mode: until then not even the account's
owner can delete a version of it. Whoever may write to the bucket can still put a shorter object
over one, or a delete marker; so there, of several versions the longest counts. Without it
versions are not asked for: other servers than AWS may have none, and the role no right to them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.s3 import MISSING, s3_code, s3_errors, s3_prefix

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_ADVICE: Final = {
    "InvalidRequest": msgid("WITNESS_LOCK_DAYS needs a bucket that was made with Object Lock."),
    "AccessDenied": msgid(
        "Allow the role s3:PutObject, s3:PutObjectRetention, s3:GetObjectVersion and "
        "s3:ListBucketVersions there (deploy/README.md)."
    ),
    "NoSuchBucket": msgid("Create the bucket or correct WITNESS_BUCKET."),
}


def _now() -> datetime:
    return datetime.now(UTC)


class WitnessBucket:
    """A ``Bucket`` of witness_log. Safe to call from any thread."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str,
        *,
        encryption: dict[str, Any],
        lock_days: int = 0,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = s3_prefix(prefix)
        self._encryption = encryption
        self._lock_days = lock_days
        self._now = now

    @property
    def name(self) -> str:
        return f"s3://{self._bucket}"

    def put(self, key: str, content: bytes) -> None:
        lock: dict[str, Any] = {}
        if self._lock_days:
            until = self._now().replace(microsecond=0) + timedelta(days=self._lock_days)
            lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        with self._errors():
            self._client.put_object(
                Bucket=self._bucket, Key=self._prefix + key, Body=content,
                ContentType="application/json", ChecksumAlgorithm="SHA256",
                **self._encryption, **lock,
            )  # fmt: skip

    def get(self, key: str) -> bytes | None:
        """The longest version of the object; None if there never was one."""
        if not self._lock_days:
            return self._newest(key)
        with self._errors():
            versions = [v for v in self._versions(self._prefix + key) if v["Key"].endswith(key)]
            if not versions:
                return None
            longest = max(versions, key=lambda version: (version["Size"], version["LastModified"]))
            about: dict[str, Any] = {"Bucket": self._bucket, "Key": self._prefix + key}
            if longest["VersionId"] != "null":
                about["VersionId"] = longest["VersionId"]
            body: bytes = self._client.get_object(**about)["Body"].read()
            return body

    def keys(self, prefix: str) -> list[str]:
        """Every key there is, or was before somebody put a delete marker over it."""
        listed = self._versions if self._lock_days else self._objects
        with self._errors():
            found = {one["Key"] for one in listed(self._prefix + prefix)}
        return sorted(key.removeprefix(self._prefix) for key in found)

    def _newest(self, key: str) -> bytes | None:
        with self._errors():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if s3_code(error) in MISSING:
                    return None
                raise
            body: bytes = found["Body"].read()
            return body

    def _objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            yield from page.get("Contents", [])

    def _versions(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            yield from page.get("Versions", [])

    def _errors(self) -> AbstractContextManager[None]:
        return s3_errors(sentence("The witness's {name}", name=self.name), _ADVICE)
