"""Holiday calendars from CSV and iCalendar files."""

from datetime import date

import pytest

from face_rec.attendance.rules.holiday_file import read_holidays
from face_rec.domain.errors import RuleRefused

ICS = b"""BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20251225\r
DTEND;VALUE=DATE:20251227\r
SUMMARY:Christmas\\, both\r
  days\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART:20260101T000000Z\r
SUMMARY:New Year\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_csv_names_days_and_groups() -> None:
    found = read_holidays(b"date,name,groups\n2025-12-25,Christmas,\n26.12.2025,Shop,A;B\n")
    assert [(h.day, h.name, h.groups) for h in found] == [
        (date(2025, 12, 25), "Christmas", frozenset()),
        (date(2025, 12, 26), "Shop", frozenset({"A", "B"})),
    ]


def test_excel_writes_a_byte_order_mark_and_semicolons() -> None:
    (found,) = read_holidays("\ufeffDate;Name\r\n1.5.2025;Tag der Arbeit\r\n".encode())
    assert (found.day, found.name) == (date(2025, 5, 1), "Tag der Arbeit")


def test_groups_given_hold_where_the_file_names_none() -> None:
    found = read_holidays(b"date,name,groups\n2025-01-06,Epiphany,\n2025-01-07,B day,B\n", ["A"])
    assert [h.groups for h in found] == [frozenset({"A"}), frozenset({"B"})]


def test_an_icalendar_event_of_two_days_is_two_holidays() -> None:
    found = read_holidays(ICS)
    assert [(h.day, h.name) for h in found] == [
        (date(2025, 12, 25), "Christmas, both days"),
        (date(2025, 12, 26), "Christmas, both days"),
        (date(2026, 1, 1), "New Year"),
    ]


def test_importing_twice_gives_the_same_entries() -> None:
    assert read_holidays(ICS) == read_holidays(ICS)


def test_two_holidays_of_one_day_are_two_entries() -> None:
    found = read_holidays(b"date,name\n2025-10-03,Unity\n2025-10-03,Mosque\n")
    assert len({h.id for h in found}) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "name the columns"),
        (b"when,what\n2025-01-01,x\n", "name the columns"),
        (b"date,name\n", "names no holiday"),
        (b"date,name\n2025-02-30,x\n", "Line 2.*no date"),
        (b"date,name\n2025-01-01,\n", "Line 2.*no name"),
        (b"date,name\n2025-01-01,ok\nsoon,x\n", "Line 3"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"x" * 1_000_001, "1 MB"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", "no date"),
        (
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20250101\nDTEND:20991231\nSUMMARY:x\n"
            b"END:VEVENT\n",
            "days",
        ),
        (b"date,name\n2025-01-01," + b"x" * 201 + b"\n", "more than 200 characters"),
        (
            b"BEGIN:VCALENDAR\n"
            + b"BEGIN:VEVENT\nDTSTART:20250101\nDTEND:20250131\nSUMMARY:x\nEND:VEVENT\n" * 200,
            "more than 5,000 days",
        ),
    ],
)
def test_a_file_that_makes_no_sense_imports_nothing(data: bytes, reason: str) -> None:
    with pytest.raises(RuleRefused, match=reason):
        read_holidays(data)


def test_the_last_day_there_is_has_no_day_after_it() -> None:
    event = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:99991231\nDTEND:99991231\nSUMMARY:x\n"
    (found,) = read_holidays(event + b"END:VEVENT\n")
    assert found.day == date(9999, 12, 31)
