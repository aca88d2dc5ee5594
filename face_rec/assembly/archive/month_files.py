"""The archive of files over the stores of a site. Import it only where ARCHIVE_URL names one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from face_rec.archive.files.month_files import MonthFiles
from face_rec.assembly.storage.chain import open_chained, open_streams
from face_rec.assembly.storage.redis_connection import open_redis
from face_rec.assembly.storage.sealing import open_data_keys
from face_rec.assembly.storage.snapshots import encryption_of, open_s3
from face_rec.assembly.storage.stores import cached_days, open_options
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.rules.rules import RulesReader
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import SettingError
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people import PeopleReader
from face_rec.settings.archive import Place
from face_rec.site_options import LiveOptions
from face_rec.stores.archive.file_place import BucketPlace, FilePlace, FolderPlace
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.backup.restore import refuse_half_restored
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_days import ChainDays


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


def open_place(settings: Settings) -> FilePlace:
    """Where ARCHIVE_URL leads. Raises SettingError where that is no place for files."""
    url = settings.archive_url or ""
    if settings.archive_place is Place.BUCKET:
        return BucketPlace(open_s3(settings), url, encryption_of(settings))
    if settings.archive_place is Place.FOLDER:
        return FolderPlace(Path(url))
    raise SettingError("ARCHIVE_URL names neither a folder nor s3://BUCKET/PREFIX.")


@contextmanager
def build_files(settings: Settings) -> Iterator[tuple[MonthFiles, PeopleReader]]:
    """The files alone, for commands. The app may run beside it."""
    with ExitStack() as stack:
        client, clock = open_redis(settings, stack), SystemClock()
        refuse_half_restored(client, settings.site)
        keys = open_data_keys(client, settings.site, settings.data_key)
        streams = open_streams(settings, client, clock)
        made = open_chained(settings, streams, keys)
        options = open_options(settings, streams)
        filed = Filed(client, made.marks, made.reader, made.rules, options)
        yield open_files(settings, filed, clock), made.reader
