"""The archive of files over the stores of a site. Import it only where ARCHIVE_URL names one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import Settings
from face_rec.archive.files.month_files import MonthFiles
from face_rec.assembly.commands import attendance_of
from face_rec.assembly.storage.redis_connection import open_redis
from face_rec.assembly.storage.snapshots import encryption_of, open_s3
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import SettingError
from face_rec.protocols.people import PeopleReader
from face_rec.settings.archive import Place
from face_rec.site_options import LiveOptions
from face_rec.stores.archive.file_place import BucketPlace, FilePlace, FolderPlace
from face_rec.stores.backup.restore import refuse_half_restored
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_days import ChainDays


def open_files(
    settings: Settings, client: Client, stores: AttendanceStores, options: LiveOptions, clock: Clock
) -> MonthFiles:
    """Nothing is started, and nothing asked of the place yet."""
    return MonthFiles(
        open_place(settings),
        settings.site,
        fresh=lambda: Timesheets(stores, clock, options.current().timezone),
        people=stores.people,
        first_days=ChainDays(client, settings.site).days,
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
        stores, options = attendance_of(settings, client, clock, stack)
        yield open_files(settings, client, stores, options, clock), stores.people
