"""Reports by mail over the stores of a site."""

from dataclasses import dataclass

from config import Settings
from face_rec.assembly.attendance.requests import principals
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.clock import Clock
from face_rec.notices.personal.mail import PersonalMail
from face_rec.notices.reports.due import DueReports, working_days
from face_rec.notices.reports.report_letters import ReportLetters
from face_rec.notices.reports.report_mail_service import ReportMailService
from face_rec.notices.running.composing import Told
from face_rec.notices.running.links import Links
from face_rec.people.departures import Departures
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.notices.report_results import RedisReportResults


@dataclass(frozen=True, slots=True)
class ReportMail:
    """Who sets them up, what begins them, and who writes them."""

    service: ReportMailService
    due: DueReports
    letters: ReportLetters


def open_report_mail(
    settings: Settings,
    stores: Stores,
    services: ServiceByZone,
    clock: Clock,
    *,
    told: Told,
    links: Links,
    mail: PersonalMail,
) -> ReportMail:
    """Nothing is read yet."""
    results = RedisReportResults(stores.client, settings.site)
    principal_of = principals(stores)
    due = DueReports(
        stores.report_schedules, RedisOutbox(stores.client, settings.site), clock, zone=told.zone,
        working=lambda: working_days(services.current().timesheets.rules()),
    )  # fmt: skip
    service = ReportMailService(
        stores.report_schedules, due, results,
        accounts=stores.access.accounts.all, principal_of=principal_of,
        audit_log=stores.access.audit, clock=clock, demand=stores.access.step_up.demand,
        on=mail.on,
    )  # fmt: skip
    letters = ReportLetters(
        stores.report_schedules, results, services, principal_of=principal_of, server=mail.server,
        told=told, links=links, audit_log=stores.access.audit, clock=clock,
        departures=Departures(stores.people),
    )  # fmt: skip
    return ReportMail(service, due, letters)
