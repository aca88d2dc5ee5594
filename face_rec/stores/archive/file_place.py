"""Where an archive of files lies: a folder, or a part of a bucket. Names have slashes."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import urlparse

from botocore.exceptions import ClientError

from face_rec.domain.errors import StoreUnavailable
from face_rec.files import PART, make_folder, replacing
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.s3 import MISSING, s3_code, s3_errors, s3_prefix

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


_PART: Final = re.compile(rf"({re.escape(PART)}|\.)[0-9a-f]{{16}}")
"""How a file is called while it is written (:func:`face_rec.files.replacing`), and was once."""


class FilePlace(Protocol):
    """Every method may raise StoreUnavailable, which says what to do."""

    def names(self) -> set[str]:
        """All files that are there."""
        ...

    def read(self, name: str) -> "contextlib.AbstractContextManager[IO[bytes] | None]":
        """The bytes of one, which can be sought in; None where there is none."""
        ...

    def write(self, name: str, content: IO[bytes]) -> None:
        """Put what is left to read of ``content`` there, whole or not at all."""
        ...

    def tidy(self) -> None:
        """Remove what a process left that was killed while it wrote."""
        ...


class FolderPlace:
    """A folder; its files are for their owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> set[str]:
        with self._errors():
            found = [path for path in self._folder.rglob("*") if path.is_file()]
            return {
                path.relative_to(self._folder).as_posix()
                for path in found
                if not path.name.startswith(".")
            }

    @contextmanager
    def read(self, name: str) -> Iterator[IO[bytes] | None]:
        with self._errors():
            path = self._folder / name
            source = path.open("rb") if path.is_file() else None
        with source or contextlib.nullcontext():
            yield source

    def write(self, name: str, content: IO[bytes]) -> None:
        with self._errors():
            target = self._folder / name
            make_folder(target.parent)
            with replacing(target) as out:
                shutil.copyfileobj(content, out, 1 << 20)

    def tidy(self) -> None:
        with self._errors():
            for path in self._folder.rglob(".*"):
                if _PART.fullmatch(path.name) and path.is_file():
                    path.unlink(missing_ok=True)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreUnavailable(
                sentence(
                    "The archive's folder {folder} cannot be used ({strerror}). "
                    "Let the app read and write there, or set ARCHIVE_URL to "
                    "another one.",
                    folder=self._folder,
                    strerror=error.strerror,
                )
            ) from error


class BucketPlace:
    """``s3://bucket/prefix``. Older versions of a file stay where the bucket keeps versions."""

    def __init__(self, client: "S3Client", url: str, encryption: dict[str, Any]) -> None:
        """``encryption``: the arguments of put_object for encryption at rest."""
        parsed = urlparse(url)
        self._client = client
        self._bucket, self._prefix = parsed.netloc, s3_prefix(parsed.path)
        self._encryption = encryption

    def names(self) -> set[str]:
        with self._errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            keys = [one.get("Key", "") for page in pages for one in page.get("Contents", ())]
            return {key.removeprefix(self._prefix) for key in keys}

    @contextmanager
    def read(self, name: str) -> Iterator[IO[bytes] | None]:
        with contextlib.ExitStack() as stack:
            source = None
            with self._errors():
                try:
                    found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
                except ClientError as error:
                    if s3_code(error) not in MISSING:
                        raise
                else:
                    source = stack.enter_context(spooled())
                    shutil.copyfileobj(cast("IO[bytes]", found["Body"]), source, 1 << 20)
                    source.seek(0)
            yield source

    def write(self, name: str, content: IO[bytes]) -> None:
        with self._errors():
            self._client.upload_fileobj(
                content, self._bucket, self._prefix + name, ExtraArgs=self._encryption
            )

    def tidy(self) -> None:
        """An upload that was cut leaves nothing that can be read."""

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error

        place = sentence("The archive {url}", url=f"s3://{self._bucket}/{self._prefix}")
        try:
            with s3_errors(
                place, {"NoSuchBucket": msgid("Create the bucket or correct ARCHIVE_URL.")}
            ):
                yield
        except Boto3Error as error:
            raise StoreUnavailable(
                sentence(
                    "{place} cannot be written ({name}). Check what the role may "
                    "do (deploy/README.md).",
                    place=place,
                    name=type(error).__name__,
                )
            ) from error


def spooled() -> "contextlib.AbstractContextManager[IO[bytes]]":
    """A file of this process alone, in memory while it is small, without a name on the disk: of
    whatever is killed nothing is left."""
    import tempfile  # noqa: PLC0415 - nobody else here makes files without a name

    return cast(
        "contextlib.AbstractContextManager[IO[bytes]]",
        tempfile.SpooledTemporaryFile(max_size=32 << 20),
    )
