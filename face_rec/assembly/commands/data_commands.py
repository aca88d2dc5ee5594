"""What leaves as files and what is erased, for commands."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from config import Settings
from face_rec.access.audit.audit_log import AuditLog
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.access import open_audit_log
from face_rec.assembly.storage.chain import open_alone
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import open_complete
from face_rec.assembly.storage.services import cached_days
from face_rec.assembly.storage.stores import open_stores
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.exports.export import Exporter
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import SystemClock
from face_rec.people.departures import Departures
from face_rec.privacy.privacy_service import Privacy
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.chain.ledger import AUDIT


@contextmanager
def build_export(settings: Settings) -> Iterator[tuple[Exporter, AuditLog, Departures]]:
    """What writes data files, the log of what left, and who has gone meanwhile; for commands."""
    clock = SystemClock()
    with ExitStack() as stack:
        client = open_complete(settings, stack)
        streams, made = open_alone(settings, client, clock)
        stack.callback(made.watch.copy)
        stores = AttendanceStores(
            made.marks, made.reader, made.rules, cached_days(settings),
            RedisClockChanges(client, settings.site),
        )  # fmt: skip
        options = open_options(settings, streams)
        audit = open_audit_log(client, settings.site, clock, streams.ledger(AUDIT))
        yield (
            Exporter(lambda: Timesheets(stores, clock, options.current().timezone)),
            audit,
            Departures(made.reader),
        )


@contextmanager
def build_privacy(settings: Settings) -> Iterator[tuple[Privacy, PeopleReader]]:
    """Consent, retention, erasure and export without models or cameras, and the people they
    are about; for commands. The app may run beside it."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        yield privacy_of(settings, stores, clock, lambda _: False), stores.people
