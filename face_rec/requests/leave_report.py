"""The days of leave of everybody in a year, as a table to look at and to take along."""

from datetime import date
from typing import Final

from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.leave.balance import Balances
from face_rec.attendance.reports.report import About, Kind, Report
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.groups import Groups
from face_rec.languages.language import msgid
from face_rec.requests.leave_checks import LeaveChecks
from face_rec.requests.request import OwnRequests
from face_rec.requests.request_records import RequestRecords

_KINDS: Final = {
    msgid("Name"): Kind.TEXT,
    "ID": Kind.TEXT,
    msgid("Group"): Kind.TEXT,
    msgid("Type"): Kind.TEXT,
    msgid("Paid"): Kind.WORDS,
    msgid("Allowed"): Kind.DAYS,
    msgid("Carried over"): Kind.DAYS,
    msgid("Taken"): Kind.DAYS,
    msgid("Asked for"): Kind.DAYS,
    msgid("Days left"): Kind.DAYS,
}


class LeaveReports:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, records: RequestRecords, services: ServiceByZone) -> None:
        self._records = records
        self._services = services

    def of(self, within: Groups, year: int) -> Report:
        """A row for each person ``within`` and each type that is counted."""
        import pandas as pd

        sheets = self._services.current().timesheets
        rules, today = sheets.rules(), sheets.today()
        balances = Balances(rules, sheets.zone)
        asked = {one.id: one for one in self._records.all()}
        rows = []
        for person in sheets.people(Filters(within)):
            standing = asked.get(person.subject, OwnRequests(person.subject))
            checks = LeaveChecks(rules, sheets.zone, person, standing, today)
            for counted in balances.all(person, year):
                one = checks.balance(balances, counted.type, year)
                paid = msgid("yes") if one.type.paid else msgid("no")
                rows.append((
                    person.name, person.id, person.group, one.type.name, paid,
                    *map(float, (one.allowed, one.carried, one.taken, one.requested, one.left)),
                ))  # fmt: skip
        about = About(
            date(year, 1, 1), date(year, 12, 31), within.words(), sheets.zone.key, sheets.now()
        )
        return Report(
            msgid("Leave balances"), about, pd.DataFrame(rows, columns=list(_KINDS)), _KINDS
        )
