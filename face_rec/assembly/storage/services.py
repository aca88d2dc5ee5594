"""Attendance as it is judged over stores, in the zone that the site has by now."""

from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

from config import Settings
from face_rec.assembly.storage.writers import Writers
from face_rec.attendance.answers import Answers
from face_rec.attendance.attendance_service import (
    AttendanceService,
    CorrectionService,
    ServiceByZone,
)
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.attendance.closed_days import ClosedDays
from face_rec.attendance.mark_queries import MarkQueries
from face_rec.attendance.roster_service import RosterService
from face_rec.attendance.rule_service import RuleService
from face_rec.attendance.rules.rules import RulesWriter
from face_rec.attendance.timesheets import Timesheets
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.protocols.marks import MarkWriter
from face_rec.site_options import LiveOptions


def open_services(
    stores: AttendanceStores, writers: Writers, clock: Clock, options: LiveOptions
) -> ServiceByZone:
    """Attendance in the site's time zone, whatever that is by now."""
    return ServiceByZone(
        lambda zone: open_service(stores, writers.corrections, writers.rules, clock, zone),
        lambda: options.current().timezone,
    )


def open_service(
    stores: AttendanceStores, marks: MarkWriter, rules: RulesWriter, clock: Clock, zone: ZoneInfo
) -> AttendanceService:
    """All of it over these stores, with the writers of corrections and ``rules``; nothing is read
    yet."""
    timesheets = Timesheets(stores, clock, zone)
    mark_queries = MarkQueries(timesheets, stores.attendance)
    return AttendanceService(
        stores,
        timesheets,
        Answers(timesheets),
        mark_queries,
        CorrectionService(marks, timesheets, mark_queries, clock),
        RuleService(rules, timesheets),
        RosterService(rules, timesheets),
    )


def keep_days(services: ServiceByZone, clock: Clock, stack: ExitStack) -> None:
    """Closed days get to the disk by themselves until ``stack`` closes."""
    days = ClosedDays(
        lambda day: services.current().timesheets.sources.keep(day),  # noqa: PLW0108 - of now's zone
        clock,
    )
    started(days, stack)


def cached_days(settings: Settings) -> Path:
    """Where closed days are kept between starts."""
    return settings.data_dir / "attendance-cache" / settings.site
