"""The archive over the stores of a site. Import it only where ARCHIVE_URL is set: SQLAlchemy and
the driver take time and memory (:mod:`.archiving`)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config import Settings
from face_rec.archive.archive_status import ArchiveStatus, archive_check
from face_rec.archive.checking.leaving import Leaving
from face_rec.archive.checking.verify import ArchiveVerify
from face_rec.archive.copying.accepting import Accepted, Accepting
from face_rec.archive.copying.belonging import Belonging
from face_rec.archive.copying.copier import Copier
from face_rec.archive.copying.day_rows import DayRows
from face_rec.archive.copying.lists import ListCopier
from face_rec.archive.copying.record_copier import RecordCopier
from face_rec.archive.copying.worker import ArchiveWorker, noted_status
from face_rec.archive.database import ArchiveDatabase, NoTables
from face_rec.archive.restoring import ArchiveRestore
from face_rec.assembly.storage.chain import (
    Chained,
    open_alone,
    witness_folder,
    witness_pin,
)
from face_rec.assembly.storage.left import archive_token
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import open_complete, open_redis
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import SettingError, StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.chain.ledger import ADMINISTRATION, Streams
from face_rec.stores.chain.links import Chain
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.witness_pin import forget_blank


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive in PostgreSQL, and who keeps it up to date; nothing is started."""

    database: ArchiveDatabase
    worker: ArchiveWorker
    verify: ArchiveVerify
    leave: Callable[[], int]
    """Takes old days out of Redis, as far as they may go; the worker does so every hour."""
    accept: Callable[[], Accepted]
    """Goes on with what Redis holds where lists do not fit, for somebody has said so."""


@dataclass(frozen=True, slots=True)
class Archived:
    """What is archived, and what holds it together."""

    client: Client
    people: PeopleReader
    chain: Chain
    watch: ChainWatch
    left: LeftDays
    sheets: Callable[[], Timesheets]
    """In the site's time zone."""


def open_archive(settings: Settings, archived: Archived, clock: Clock) -> Archive:
    """Raises SettingError where ARCHIVE_URL leads to no database."""
    database = open_database(settings, migrates=True)
    source = ArchiveSource(archived.client, settings.site)
    lists = ListCopier(source)
    belonging = Belonging(source, archived.left, lists)
    records = RecordCopier(source, archived.people)
    copier = Copier(source, lists, records, belonging, clock)
    verify = ArchiveVerify(
        database, source, archived.left, reader=archived.people, chain=archived.chain,
        evidence=archived.watch.witness.evidence, pause=time.sleep,
    )  # fmt: skip
    leaving = Leaving(
        source, archived.left, verify, clock, watch=archived.watch,
        days=settings.redis_days, lacking=lambda: copier.lacking,
    )  # fmt: skip
    worker = ArchiveWorker(
        database,
        copier,
        settings.site,
        clock,
        leave=leaving.run,
        judge=DayRows(archived.sheets, settings.site).run,
        shared=belonging.shared,
    )
    accepting = Accepting(database, source, lists, records, belonging=belonging, clock=clock)
    return Archive(database, worker, verify, leaving.run, accepting.run)


def open_database(settings: Settings, *, migrates: bool) -> ArchiveDatabase:
    """Where ARCHIVE_URL leads; nothing is asked of it yet."""
    if not settings.archive_url:
        raise SettingError(msgid("ARCHIVE_URL is empty. Set it to where the archive is."))
    return ArchiveDatabase(settings.archive_url, archive_token(settings), migrates=migrates)


@contextmanager
def build_archive_restore(settings: Settings) -> Iterator[ArchiveRestore]:
    """What puts the site back from the archive into an empty Redis; for commands."""
    with ExitStack() as stack:
        client, clock = open_redis(settings, stack), SystemClock()
        database = open_database(settings, migrates=False)
        stack.callback(database.close)
        forget_blank(
            witness_folder(settings.data_dir, settings.site),
            witness_pin(settings.data_dir, settings.site),
        )
        streams, chained = open_alone(settings, client, clock)
        yield ArchiveRestore(
            database, SiteRestore(client, settings.site), chained.people,
            rules=chained.rules, administration=streams.ledger(ADMINISTRATION), clock=clock,
            site=settings.site, days=settings.redis_days,
        )  # fmt: skip


@contextmanager
def build_archive(settings: Settings) -> Iterator[Archive]:
    """The archive alone, not started; for commands. The app may run beside it."""
    with ExitStack() as stack:
        client, clock = open_complete(settings, stack), SystemClock()
        streams, chained = open_alone(settings, client, clock)
        archived = Archived(
            client,
            chained.reader,
            streams.chain,
            chained.watch,
            chained.left,
            _sheets(settings, streams, chained, clock),
        )
        made = open_archive(settings, archived, clock)
        stack.callback(made.database.close)
        yield made


def _sheets(
    settings: Settings, streams: Streams, chained: Chained, clock: Clock
) -> Callable[[], Timesheets]:
    """As the app judges days, without a file of its own."""
    options = open_options(settings, streams)
    changes = RedisClockChanges(streams.client, settings.site)
    stores = AttendanceStores(chained.marks, chained.reader, chained.rules, None, changes)
    made: dict[ZoneInfo, Timesheets] = {}

    def current() -> Timesheets:
        options.refresh()
        zone = options.current().timezone
        if zone not in made:
            made[zone] = Timesheets(stores, clock, zone)
        return made[zone]

    return current


def no_day_leaves(settings: Settings) -> str:
    """Why no day leaves Redis by a process of this machine, and what to do; "" where days may."""
    if not settings.redis_days or witness_folder(settings.data_dir, settings.site).names():
        return ""
    return sentence(
        "REDIS_DAYS is {days}, but no day leaves Redis while this machine is the one that copies: "
        "its DATA_DIR has no witness, by which a day must be known before. Run archive run with "
        "the DATA_DIR of a machine that runs the app, or leave copying to it.",
        days=settings.redis_days,
    )


def leaving_now(settings: Settings) -> Iterator[HealthCheck]:
    """For ``doctor``: whether days may leave Redis by a process of this machine."""
    why = no_day_leaves(settings)
    if settings.redis_days:
        detail = msgid("none leaves from here") if why else (
            sentence("those older than {days} may", days=settings.redis_days)
        )  # fmt: skip
        yield HealthCheck(
            "days leave redis", ok=True, detail=detail, advice=why, warning=bool(why)
        )


def archive_now(settings: Settings) -> HealthCheck:
    """How the archive is, as whoever copies has noted there."""
    database = open_database(settings, migrates=False)
    try:
        with database.begin() as connection:
            status = noted_status(connection, settings.site)
    except NoTables as error:
        how = msgid("Whoever copies makes its tables: the app, or python -m face_rec archive run.")
        status = ArchiveStatus(problem=listed([error.said, how], " "))
    except StoreError as error:
        status = ArchiveStatus(problem=error.said)
    finally:
        database.close()
    return archive_check(lambda: status, SystemClock().now)()
