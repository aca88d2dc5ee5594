"""Where marks go for the long run, beside Redis."""

import re
from enum import Enum
from typing import Final, Self

from pydantic import model_validator

from face_rec.domain.errors import SettingError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.settings.kinds import Days, Secret
from face_rec.settings.topic import Topic, setting

LEAST_DAYS = 35
"""The fewest days that stay in Redis: a journal may offer a mark again for 30 days."""

_DATABASE: Final = re.compile(
    r"(?:[^:/@?]*(?::[^@]*)?@)?"  # who signs in
    r"(?:\[[^/@?]+\]|[^:/@?]*)(?::\d*)?"  # host and port
    r"(?:/[^@?]*)?(?:\?.*)?"
)
"""What follows the scheme. An @ that stands in a password as itself, or a host that was forgotten,
would make a part of the password a host or a port, which errors name."""


class Place(Enum):
    """What kind of archive an address leads to."""

    DATABASE = "database"
    FOLDER = "folder"
    BUCKET = "bucket"


def place_of(url: str) -> Place:
    """What ``ARCHIVE_URL`` leads to; raises SettingError, which does not show it."""
    scheme, separator, rest = url.partition("://")
    if not separator and not url.startswith("postgresql"):
        return Place.FOLDER
    if separator and scheme in {"postgresql", "postgresql+psycopg"}:
        if not _DATABASE.fullmatch(rest):
            raise SettingError(
                msgid(
                    "ARCHIVE_URL is no address of a database. Write it as "
                    "postgresql+psycopg://user:password@host:5432/database; in the "
                    "password write @ as %40, : as %3A, / as %2F and % as %25."
                )
            )
        return Place.DATABASE
    if scheme == "s3":
        return Place.BUCKET
    raise SettingError(
        msgid(
            "ARCHIVE_URL leads to nothing that an archive can be in. It begins "
            "with postgresql+psycopg:// or s3://, or is the path of a folder."
        )
    )


class Archive(Topic):
    """An archive for the long run, and what may leave Redis for it."""

    section = "Archive (empty: everything stays in Redis alone)"

    archive_url: Secret | None = setting(
        "",
        "Where marks, people (without templates), rules and the audit log are copied to within "
        "seconds: postgresql+psycopg://user:password@host/database. Or a folder or "
        "s3://bucket/prefix for Parquet files of marks, days and people, by month.",
    )
    archive_iam: bool = setting(
        "false",
        "true: sign in at the archive's database (RDS) by an IAM token instead of a password; "
        "TLS is required then.",
    )
    redis_days: Days = setting(
        "0",
        "Days older than so many leave Redis once they are archived, verified and witnessed, and "
        "are read from the archive; 0: all days stay in Redis. At least 35.",
    )

    @property
    def archive_place(self) -> Place | None:
        """None without an archive."""
        return place_of(self.archive_url) if self.archive_url else None

    @model_validator(mode="after")
    def _archive_fits_together(self) -> Self:
        place = self.archive_place
        if self.archive_iam and place is not Place.DATABASE:
            raise SettingError(
                msgid("ARCHIVE_IAM is on, but ARCHIVE_URL names no PostgreSQL database.")
            )
        if self.redis_days and place is not Place.DATABASE:
            raise SettingError(
                sentence(
                    "REDIS_DAYS is {redis_days}, but days leave Redis for a "
                    "PostgreSQL archive only: set ARCHIVE_URL, or REDIS_DAYS to 0.",
                    redis_days=self.redis_days,
                )
            )
        if 0 < self.redis_days < LEAST_DAYS:
            raise SettingError(
                sentence(
                    "REDIS_DAYS is {redis_days}, but must be 0 or at least {least_days}.",
                    redis_days=self.redis_days,
                    least_days=LEAST_DAYS,
                )
            )
        return self
