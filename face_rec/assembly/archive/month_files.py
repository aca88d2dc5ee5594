"""The archive of files over the stores of a site. Import it only where ARCHIVE_URL names one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from config import Settings
from face_rec.archive.files import manifest
from face_rec.archive.files.month_files import MonthFiles
from face_rec.archive.files.passes import TURN, Passes
from face_rec.assembly.storage.chain import open_alone
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import open_complete
from face_rec.assembly.storage.services import cached_days
from face_rec.assembly.storage.snapshots import encryption_of, open_s3
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.rules.rules import RulesReader
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import SettingError, StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader
from face_rec.settings.archive import Place
from face_rec.site_options import LiveOptions
from face_rec.stores.archive.file_place import BucketPlace, FilePlace, FolderPlace
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.turn import RedisTurn
from face_rec.stores.verify.chain_days import ChainDays

_LATE: Final = timedelta(hours=3)
"""So long after the last writing, which is every hour, somebody should know."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What the files are made of."""

    client: Client
    attendance: MarkReader
    people: PeopleReader
    rules: RulesReader
    options: LiveOptions


def open_files(settings: Settings, filed: Filed, clock: Clock) -> MonthFiles:
    """Nothing is started, and nothing asked of the place yet."""
    stores = AttendanceStores(
        filed.attendance, filed.people, filed.rules, cached_days(settings),
        RedisClockChanges(filed.client, settings.site),
    )  # fmt: skip
    return MonthFiles(
        open_place(settings),
        settings.site,
        fresh=lambda: Timesheets(stores, clock, filed.options.current().timezone),
        people=filed.people,
        marked_days=ChainDays(filed.client, settings.site).days,
    )


def open_passes(settings: Settings, filed: Filed, clock: Clock) -> Passes:
    """The same, by one process at a time."""
    files, client, site = open_files(settings, filed, clock), filed.client, settings.site
    return Passes(files, lambda: RedisTurn(client, site, "archive-files", TURN))


def files_now(settings: Settings, now: datetime) -> HealthCheck:
    """How the files are, as whoever writes them has noted there; a warning at most."""
    try:
        written = manifest.read(open_place(settings), settings.site)
    except StoreError as error:
        return HealthCheck("archive", True, msgid("does not answer"), error.said, warning=True)
    if not written.written_at:
        advice = msgid(
            "Start the app, or python -m face_rec archive run. If one has run for an hour, look "
            "into its log for archive_files."
        )
        return HealthCheck(
            "archive", True, msgid("no files are written yet"), advice, warning=True
        )
    at = datetime.fromisoformat(written.written_at)
    late = now - at > _LATE
    advice = msgid(
        "Nobody has written since: is the app running? If it is, look into its log for "
        "archive_files."
    )
    detail = sentence(
        "{number} files, written {time} UTC",
        number=len(written.files), time=f"{at:%Y-%m-%d %H:%M}",
    )  # fmt: skip
    return HealthCheck("archive", True, detail, advice if late else "", warning=late)


def open_place(settings: Settings) -> FilePlace:
    """Where ARCHIVE_URL leads. Raises SettingError where that is no place for files."""
    url = settings.archive_url or ""
    if settings.archive_place is Place.BUCKET:
        return BucketPlace(open_s3(settings), url, encryption_of(settings))
    if settings.archive_place is Place.FOLDER:
        return FolderPlace(Path(url))
    raise SettingError(
        msgid("ARCHIVE_URL names neither a folder nor s3://BUCKET/PREFIX. Set it to one of them.")
    )


@contextmanager
def build_files(settings: Settings) -> Iterator[tuple[Passes, PeopleReader]]:
    """The files alone, for commands. The app may run beside it."""
    with ExitStack() as stack:
        client, clock = open_complete(settings, stack), SystemClock()
        streams, made = open_alone(settings, client, clock)
        options = open_options(settings, streams)
        filed = Filed(client, made.marks, made.reader, made.rules, options)
        yield open_passes(settings, filed, clock), made.reader
