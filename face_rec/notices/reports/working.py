"""On which days a site works, as far as that holds for all."""

from datetime import date

from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE
from face_rec.notices.reports.schedule import Working


def working_days(rules: Rules) -> Working:
    """Those of the shift that holds for all, without the holidays that do; what a group has of
    its own changes nothing here."""
    shift = next((one for one in rules.shifts if one.id == DEFAULT_ID), PRESENCE)
    holidays = {one.day for one in rules.holidays if not one.groups}

    def working(day: date) -> bool:
        return day not in holidays and day.weekday() in rule_version.at(shift, day).days

    return working
