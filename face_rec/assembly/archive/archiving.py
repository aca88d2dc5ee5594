"""Whether there is an archive, and how it is: without its libraries where there is none."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from config import Settings
from face_rec.archive.archive_status import archive_check
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.timesheets import Timesheets
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.domain.health import HealthCheck
from face_rec.settings.archive import Place


def _none() -> float | None:
    return None


@dataclass(frozen=True, slots=True)
class Archiving:
    """What the app shows of its archive; nothing where it has none. ``lag``: seconds that it is
    behind at most, None while that is not known."""

    checks: Sequence[Callable[[], HealthCheck]] = ()
    lag: Callable[[], float | None] = _none


def start_archive(
    settings: Settings, stores: Stores, sheets: Callable[[], Timesheets], clock: Clock,
    stack: ExitStack,
) -> Archiving:  # fmt: skip
    """Begin to copy, where ARCHIVE_URL names a place; ends with ``stack``."""
    if settings.archive_place is None:
        return Archiving()
    if settings.archive_place is not Place.DATABASE:
        return _start_files(settings, stores, clock, stack)
    from face_rec.assembly.archive.postgres import Archived, open_archive

    archived = Archived(
        stores.client, stores.people, stores.links, stores.chain, stores.left, sheets
    )
    worker = open_archive(settings, archived, clock).worker
    started(worker, stack)
    return Archiving(
        (archive_check(worker.status, clock.now),), lambda: worker.status().lag(clock.now())
    )


def _start_files(settings: Settings, stores: Stores, clock: Clock, stack: ExitStack) -> Archiving:
    from face_rec.archive.files.worker import FilesWorker
    from face_rec.assembly.archive.month_files import Filed, open_passes

    filed = Filed(stores.client, stores.attendance, stores.people, stores.rules, stores.options)
    worker = started(FilesWorker(open_passes(settings, filed, clock), clock), stack)
    return Archiving((worker.check,), worker.lag)
