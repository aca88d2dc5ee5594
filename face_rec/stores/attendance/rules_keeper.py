"""What the attendance rules hold about single people: shifts, employment, leave."""

from collections.abc import Iterator
from typing import Any, Final

from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.privacy.ports import Keeper
from face_rec.stores.attendance.rules import RedisRules

Held = Assignment | Employment | Leave
_NAME: Final = "shifts and leave"


def rules_keeper(rules: RedisRules) -> Keeper:
    """For exports and erasures."""

    def held(subject: str) -> list[dict[str, Any]]:
        return [_shown(item) for item in _about(rules, subject)]

    def forget(subject: str) -> int:
        items = list(_about(rules, subject))
        if items:
            rules.remove(*items)
        return len(items)

    return Keeper(_NAME, held, forget)


def _about(rules: RedisRules, subject: str) -> Iterator[Held]:
    stored = rules.load()
    yield from (a for a in stored.assignments if a.subject == subject)
    yield from (e for e in stored.employments if e.id == subject)
    yield from (leave for leave in stored.leaves if leave.subject == subject)


def _shown(item: Held) -> dict[str, Any]:
    """Plain values, without the subject."""
    shown: dict[str, Any] = {
        "kind": type(item).__name__.lower(),
        "from": item.first.isoformat() if item.first else None,
        "to": item.last.isoformat() if item.last else None,
    }
    if isinstance(item, Assignment):
        shown["shift"] = item.shift
    if isinstance(item, Leave):
        shown |= {"leave": item.kind, "half_days": item.half, "author": item.author}
        shown["reason"] = item.reason
    return shown
