"""What the audit log says of changed rules."""

from datetime import date

from face_rec.access.audit.audit_log import AuditLog
from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.roster_week import copied, weeks_of
from face_rec.attendance.rules.shift import Shift
from face_rec.stores.site.audited_writers import AuditedRules
from tests.fakes.access import MemoryAudit
from tests.fakes.clock import FakeClock
from tests.fakes.rules import FakeRules

DAY = date(2025, 3, 10)
OLD = Shift("s", "Day")


def test_the_log_says_what_was_changed_and_from_which_day_on() -> None:
    audit = MemoryAudit()
    rules = AuditedRules(FakeRules(OLD), AuditLog(audit, FakeClock()))
    rules.put(Shift("s", "Day", late_grace=5, valid_from=DAY, earlier=(OLD,)))
    (entry,) = audit.entries
    assert (entry.target, entry.before) == ("shift s", {"late_grace": "10"})
    assert entry.after == {"late_grace": "5", "holds from": "2025-03-10"}


def test_the_log_says_outright_that_the_past_was_rewritten() -> None:
    audit = MemoryAudit()
    rules = AuditedRules(FakeRules(OLD), AuditLog(audit, FakeClock()))
    rules.put(Shift("s", "Day", late_grace=5))
    assert audit.entries[0].after["holds from"] == "always: the past is judged by it too"


def test_what_has_a_date_of_its_own_is_told_by_that() -> None:
    audit = MemoryAudit()
    AuditedRules(FakeRules(), AuditLog(audit, FakeClock())).put(Holiday("h", DAY, "May Day"))
    assert "holds from" not in audit.entries[0].after
    assert audit.entries[0].after["day"] == "2025-03-10"


def test_a_roster_of_many_weeks_is_one_line_a_person_that_goes_with_them() -> None:
    audit = MemoryAudit()
    log = AuditLog(audit, FakeClock())
    first = weeks_of({("ann", DAY): "early", ("ben", DAY): "off"})
    rules = AuditedRules(FakeRules(first[0]), log)
    rules.put(*weeks_of({("ann", DAY): "late"}), *first[1:], *copied(first, 3))
    assert [entry.target for entry in audit.entries] == ["roster ann", "roster ben"]
    assert audit.entries[0].before == {"week of 2025-03-10": "early, , , , , , "}
    assert audit.entries[0].after["week of 2025-03-31"] == "early, , , , , , "
    assert len(audit.entries[0].after) == 4
