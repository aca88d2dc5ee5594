"""Attendance rules that write what people change to the audit log."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from face_rec.access.audit import Action
from face_rec.access.trail import Trail
from face_rec.attendance.kiosk import Interval
from face_rec.attendance.rules import Item, Rules, RulesStore
from face_rec.stores.rule_codec import encode


class AuditedRules:
    """A ``RulesStore`` in front of another one."""

    def __init__(self, rules: RulesStore, trail: Trail) -> None:
        self._rules = rules
        self._trail = trail

    def put(self, *items: Item) -> None:
        was = self._known(items)
        self._rules.put(*items)
        for item in items:
            old = was.get(_name(item))
            before = {"set to": encode(old)} if old else {}
            self._note(item, before, {"set to": encode(item)})

    def remove(self, *items: Item) -> None:
        self._rules.remove(*items)
        for item in items:
            self._note(item, {"set to": encode(item)}, {})

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
        self._trail.record(Action.SETTING_CHANGED, _name(item), before, after)


def _name(item: Item) -> str:
    return f"{type(item).__name__.lower()} {item.id}"
