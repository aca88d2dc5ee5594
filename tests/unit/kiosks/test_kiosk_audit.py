"""What the audit log says of a kiosk: each change once, as what it was."""

from dataclasses import replace
from datetime import date

from face_rec.access.audit.audit_log import AuditLog
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.stores.site.audited_writers import AuditedRules
from tests.fakes.access import MemoryAudit
from tests.fakes.clock import FakeClock
from tests.fakes.rules import FakeRules

MONDAY = date(2025, 3, 10)


def test_a_kiosk_is_told_as_created_changed_and_removed_and_a_day_only_where_days_change() -> None:
    log = MemoryAudit()
    rules = AuditedRules(FakeRules(), AuditLog(log, FakeClock()))
    gate = KioskRecord("gate", title="Gate")
    allowed = replace(gate, pin=True)
    turned = replace(
        allowed, direction=Direction.OUT, valid_from=MONDAY, earlier=(allowed,)
    )  # fmt: skip
    for one in (gate, allowed, turned):
        rules.put(one)
    rules.remove(turned)
    assert log.said == [
        ("kiosk.created", "gate"), ("kiosk.changed", "gate"), ("kiosk.changed", "gate"),
        ("kiosk.removed", "gate"),
    ]  # fmt: skip
    _, pins, turning, removed = log.entries
    assert dict(pins.before) == {"marks without a face": "not allowed"}
    assert dict(pins.after) == {"marks without a face": "allowed"}
    assert dict(turning.after) == {"direction": "out", "holds from": "2025-03-10"}
    assert removed.before["title"] == "Gate"
    assert not removed.after
