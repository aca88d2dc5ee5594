"""Attendance rules that write what people change to the audit log."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import Trail
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item, Limits, Rules, RulesStore
from face_rec.attendance.rules.shift import Shift
from face_rec.kiosks.kiosk import Interval, KioskRecord
from face_rec.stores.attendance.rule_codec import encode


class AuditedRules:
    """A ``RulesStore`` in front of another one."""

    def __init__(self, rules: RulesStore, trail: Trail) -> None:
        self._rules = rules
        self._trail = trail

    def put(self, *items: Item, seen: int | None = None) -> None:
        was = self._known(items)
        self._rules.put(*items, seen=seen)
        for item in items:
            old = was.get(_name(item))
            self._note(item, _told(old) if old else {}, _told(item) | _holds(item))

    def remove(self, *items: Item, seen: int | None = None) -> None:
        self._rules.remove(*items, seen=seen)
        for item in items:
            self._note(item, _told(item), {})

    def version(self) -> int:
        return self._rules.version()

    def epoch(self) -> str:
        return self._rules.epoch()

    def load(self) -> Rules:
        return self._rules.load()

    def beat(self, kiosk: str, at: datetime, since: datetime | None = None) -> None:
        self._rules.beat(kiosk, at, since)

    def beats(self, utc_days: Sequence[date]) -> Mapping[str, list[Interval]]:
        return self._rules.beats(utc_days)

    def _known(self, items: Sequence[Item]) -> dict[str, Item]:
        rules = self._rules.load()
        stored: list[Item] = [
            *rules.shifts, *rules.assignments, *rules.employments, *rules.holidays,
            *rules.leaves, *rules.kiosks, rules.limits,
        ]  # fmt: skip
        wanted = {_name(item) for item in items}
        return {_name(item): item for item in stored if _name(item) in wanted}

    def _note(self, item: Item, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        about = _whose(item)
        self._trail.record(Action.SETTING_CHANGED, _name(item), before, after, about=about)


def _told(item: Item) -> dict[str, object]:
    """Field by field, so that the log shows what was changed."""
    stored = json.loads(encode(item))
    stored.pop("earlier", None)
    stored.pop("valid_from", None)
    return {name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in stored.items()}  # fmt: skip


def _holds(item: Item) -> dict[str, object]:
    """From which day on; a change of the past is said outright."""
    if not isinstance(item, Shift | KioskRecord | Limits):
        return {}
    past = "always: the past is judged by it too"
    return {"holds from": str(item.valid_from) if item.valid_from else past}


def _whose(item: Item) -> str:
    """The subject that a rule tells of, if it is about a single person: reasons of leave and
    the like go with them."""
    if isinstance(item, Employment):
        return item.id
    return item.subject or "" if isinstance(item, Assignment | Leave) else ""


def _name(item: Item) -> str:
    return f"{type(item).__name__.lower()} {item.id}"
