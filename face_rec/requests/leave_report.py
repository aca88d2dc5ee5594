"""The days of leave of everybody in a year, as a table to look at and to take along."""

from datetime import date
from typing import Final

import pandas as pd

from face_rec.attendance.leave.balance import Balances
from face_rec.attendance.reports.report import About, Kind, Report
from face_rec.attendance.service import ServiceByZone
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.groups import Groups
from face_rec.requests.book import RequestBook
from face_rec.requests.leave_checks import LeaveChecks
from face_rec.requests.request import OwnRequests

_KINDS: Final = {
    "Name": Kind.TEXT,
    "ID": Kind.TEXT,
    "Group": Kind.TEXT,
    "Type": Kind.TEXT,
    "Paid": Kind.TEXT,
    "Allowed": Kind.DAYS,
    "Carried over": Kind.DAYS,
    "Taken": Kind.DAYS,
    "Asked for": Kind.DAYS,
    "Left": Kind.DAYS,
}


class LeaveReports:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, book: RequestBook, services: ServiceByZone) -> None:
        self._book = book
        self._services = services

    def of(self, within: Groups, year: int) -> Report:
        """A row for each person ``within`` and each type that is counted."""
        sheets = self._services.current().timesheets
        rules, today = sheets.rules(), sheets.today()
        balances = Balances(rules, sheets.zone)
        asked = {one.id: one for one in self._book.all()}
        rows = []
        for person in sheets.people(Filters(within)):
            standing = asked.get(person.subject, OwnRequests(person.subject))
            checks = LeaveChecks(rules, sheets.zone, person, standing, today)
            for counted in balances.all(person, year):
                one = checks.balance(balances, counted.type, year)
                paid = "yes" if one.type.paid else "no"
                rows.append((
                    person.name, person.id, person.group, one.type.name, paid,
                    *map(float, (one.allowed, one.carried, one.taken, one.requested, one.left)),
                ))  # fmt: skip
        about = About(
            date(year, 1, 1), date(year, 12, 31), within.words(), sheets.zone.key, sheets.now()
        )
        return Report("Leave balances", about, pd.DataFrame(rows, columns=list(_KINDS)), _KINDS)
