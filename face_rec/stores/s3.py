"""S3, or a server that speaks its language: a client, encryption at rest, and what to do about
what it answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

if TYPE_CHECKING:
    from botocore.config import Config
    from types_boto3_s3 import S3Client

MISSING: Final = frozenset({"NoSuchKey", "NotFound", "404"})
"""Codes that say that there is no such object."""
_ADVICE: Final = {
    "NoSuchBucket": msgid("Create the bucket or correct S3_BUCKET."),
    "AccessDenied": msgid("Allow the role or user the actions that deploy/README.md lists."),
    "InvalidAccessKeyId": msgid("Correct AWS_ACCESS_KEY_ID."),
    "SignatureDoesNotMatch": msgid("Correct AWS_SECRET_ACCESS_KEY."),
    "ExpiredToken": msgid("Renew AWS_SESSION_TOKEN and the keys that belong to it."),
    "PermanentRedirect": msgid("Set AWS_REGION to the region of the bucket."),
    "AuthorizationHeaderMalformed": msgid("Set AWS_REGION to the region of the bucket."),
    "RequestTimeTooSkewed": msgid("Set the clock of this machine (NTP)."),
    "NotImplemented": msgid(
        "If the server knows no server-side encryption, set S3_ENCRYPTION=none."
    ),
    "KMS.NotFoundException": msgid("Correct S3_KMS_KEY_ID."),
    "NoCredentialsError": msgid(
        "Give the machine a role, or set AWS_ACCESS_KEY_ID and its secret."
    ),
    "EndpointConnectionError": msgid("Check the network, S3_ENDPOINT_URL and AWS_REGION."),
}


@dataclass(frozen=True, slots=True)
class S3Credentials:
    """Explicit keys; without them boto3's default chain finds a role or profile."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def s3_encryption(kind: str, kms_key_id: str | None) -> dict[str, Any]:
    """The arguments of put_object for a kind as S3_ENCRYPTION names it."""
    if kind.lower() == "none":
        return {}
    if kind.lower() != "aws:kms":
        return {"ServerSideEncryption": "AES256"}
    key = {"SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    return {"ServerSideEncryption": "aws:kms", **key}


def s3_prefix(prefix: str) -> str:
    """``prefix`` of keys as a folder: it ends with a slash unless it is empty."""
    return prefix.strip("/") + "/" if prefix.strip("/") else ""


def s3_code(error: ClientError) -> str:
    """What went wrong, in S3's word."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def s3_errors(place: str, advice: Mapping[str, str] = {}) -> Iterator[None]:
    """What S3 or the network refuses becomes StoreUnavailable, with what to do about it.

    ``place`` begins the sentence; ``advice`` goes before what is advised for everything in S3.
    """
    try:
        yield
    except ClientError as error:
        raise _unavailable(place, s3_code(error), advice) from error
    except BotoCoreError as error:
        raise _unavailable(place, type(error).__name__, advice) from error


def _unavailable(place: str, code: str, advice: Mapping[str, str]) -> StoreUnavailable:
    known = {**_ADVICE, **advice}
    step = known.get(code, msgid("It is tried again; check the network and the S3 settings."))
    return StoreUnavailable(
        sentence("{place} does not answer ({code}). {step}", place=place, code=code, step=step)
    )


def s3_client(
    endpoint_url: str | None, region: str | None, credentials: S3Credentials | None
) -> "S3Client":
    import boto3

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


def ahead_of_s3(client: "S3Client", bucket: str, now: Callable[[], datetime]) -> float | None:
    """By how many seconds this clock is ahead of the server's, which says its own to a second;
    None where it does not answer. A refusal is an answer."""
    try:
        answer: Mapping[str, Any] = client.head_bucket(Bucket=bucket)
    except ClientError as error:
        answer = error.response
    except BotoCoreError:
        return None
    said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return (now() - parsedate_to_datetime(said)).total_seconds() - 0.5
    except (TypeError, ValueError):  # it says none
        return None


def _config(*, own_server: bool) -> "Config":
    """Short timeouts and few tries of boto3's: the spool is who waits and retries.

    Servers that only resemble S3 often know neither host-style addresses nor
    the checksums that newer clients send unasked.
    """
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "max_attempts": 3},
        s3={"addressing_style": "path" if own_server else "auto"},
        request_checksum_calculation="when_required" if own_server else "when_supported",
        response_checksum_validation="when_required" if own_server else "when_supported",
    )
