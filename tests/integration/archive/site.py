"""A site with an archive, as the app has it, without models and pages."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import config
from config import Settings
from face_rec.archive.copying.day_rows import DayRows
from face_rec.assembly.archive.postgres import Archive, Archived, open_archive
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import SystemClock
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from tests.redis_servers import Server
from tests.samples import a_person, a_template, an_event

DAY = date(2025, 3, 12)
"""Of rules."""


class Site:
    """Its stores, and its archive. ``copy`` does what the worker's thread does once."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.stores: Stores = open_stores(settings, self.clock, stack)
        stores = self.stores
        kept = AttendanceStores(stores.attendance, stores.people, stores.rules)
        self.sheets = Timesheets(kept, self.clock, ZoneInfo("Europe/Berlin"))
        archived = Archived(
            stores.client, stores.people, stores.links, stores.chain, stores.left,
            lambda: self.sheets,
        )  # fmt: skip
        self.archive: Archive = open_archive(settings, archived, self.clock)
        self.archive.verify._pause = lambda _: None
        stack.callback(self.archive.worker.close)

    def copy(self) -> None:
        with self.archive.database.connect() as connection:
            self.archive.worker.step(connection)

    def judge(self) -> None:
        """Write what the rules make of every day."""
        with self.archive.database.connect() as connection:
            while DayRows(lambda: self.sheets, "main").run(connection):
                pass

    def mark(self, event_id: str, subject: str = "s1", seconds: float = 0) -> Event:
        event = an_event(event_id, subject, seconds)
        self.stores.writers.offered.apply(event, 0.0, replay=True)
        return event

    def register(self, person_id: str, name: str, **more: object) -> Person:
        person = replace(a_person(person_id, name), **more)  # type: ignore[arg-type]
        revision = self.stores.people.revision()
        return self.stores.writers.people.create(person, [a_template(1)], revision)


def settings_of(folder: Path, server: Server, archive_url: str, **more: str) -> Settings:
    return config.load(
        {
            "DATA_DIR": str(folder / "data"), "ARCHIVE_URL": archive_url,
            "REDIS_URL": f"redis://127.0.0.1:{server.port}/0", **more,
        },
        dotenv=None,
    )  # fmt: skip


@contextmanager
def site(settings: Settings) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(settings, stack)
