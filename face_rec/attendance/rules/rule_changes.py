"""Whose days another version of the rules judges otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from face_rec.attendance.rules.rules import Item, Rules

Entry = TypeVar("Entry", bound=Item)


@dataclass(frozen=True, slots=True)
class Concerned:
    """``everybody``, or these people and all of these groups."""

    subjects: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    everybody: bool = False


def concerned(before: Rules, after: Rules) -> Concerned:
    """Whose days a change from ``before`` to ``after`` may judge otherwise. Leave, employment and
    a roster are one person's, an assignment is one person's or a group's; shifts, holidays, kiosks
    and limits are everybody's. No day depends on kinds of leave, allowances or marks by phone."""
    if (before.shifts, before.holidays, before.kiosks, before.limits) != (
        after.shifts, after.holidays, after.kiosks, after.limits,
    ):  # fmt: skip
        return Concerned(everybody=True)
    leaves = {one.subject for one in _differing(before.leaves, after.leaves)}
    left = {one.id for one in _differing(before.employments, after.employments)}
    moved = _differing(before.assignments, after.assignments)
    rostered = {one.subject for one in _differing(before.rosters, after.rosters)}
    own = {one.subject for one in moved if one.subject}
    groups = {one.group for one in moved if not one.subject}
    return Concerned(frozenset(leaves | left | rostered | own), frozenset(groups))


def _differing(before: Sequence[Entry], after: Sequence[Entry]) -> list[Entry]:
    """What stands in one of both alone, or another way. Most of a long list are the same objects
    (what has not changed is not read again): so no values are compared but of what has."""
    left = {one.id: one for one in before}
    found: list[Entry] = []
    for one in after:
        was = left.pop(one.id, None)
        if was is not one and was != one:
            found += [one] if was is None else [one, was]
    return [*found, *left.values()]
