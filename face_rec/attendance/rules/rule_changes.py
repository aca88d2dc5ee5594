"""Whose days another version of the rules judges otherwise."""

from dataclasses import dataclass

from face_rec.attendance.rules.rules import Rules


@dataclass(frozen=True, slots=True)
class Concerned:
    """``everybody``, or these people and all of these groups."""

    subjects: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    everybody: bool = False


def concerned(before: Rules, after: Rules) -> Concerned:
    """Whom a change from ``before`` to ``after`` may concern: leave, employment and a shift of
    one's own are one person's, an assignment may be a group's, and all else is everybody's."""
    if (before.shifts, before.holidays, before.kiosks, before.limits) != (
        after.shifts, after.holidays, after.kiosks, after.limits,
    ):  # fmt: skip
        return Concerned(everybody=True)
    leaves = {one.subject for one in set(before.leaves) ^ set(after.leaves)}
    left = {one.id for one in set(before.employments) ^ set(after.employments)}
    moved = set(before.assignments) ^ set(after.assignments)
    rostered = {one.subject for one in set(before.rosters) ^ set(after.rosters)}
    own = {one.subject for one in moved if one.subject}
    groups = {one.group for one in moved if not one.subject}
    return Concerned(frozenset(leaves | left | rostered | own), frozenset(groups))
