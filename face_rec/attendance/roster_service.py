"""Where rosters are set: many weeks of many people at once, or none of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Final

from face_rec.attendance.rule_service import GONE, leave_nothing
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.duty import Duties, short_rests
from face_rec.attendance.rules.roster_week import (
    ONE_DAY,
    USUAL,
    RosterWeek,
    cells_of,
    changed,
    empty_week,
)
from face_rec.attendance.rules.rules import Rules, RulesWriter
from face_rec.attendance.rules.validation import flaws, roster_conflicts
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.errors import RuleRefused, RulesMoved
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first

MOST_WEEKS: Final = 1_500
"""Weeks of people that are set at once."""
_TRIES: Final = 8
_MOST_SAID: Final = 10
_CHANGED: Final = msgid(
    "Somebody else changed these weeks of the roster while you had them open, and nothing of "
    "yours was saved. Look at what is stored now, then make your change again."
)
_TWO_AT_ONCE: Final = msgid(
    "{name} would have two shifts at once: that of {before} does not end before that of {day} "
    "begins."
)
_MANY: Final = msgid("That is too much at once: copy into fewer weeks.")
_BUSY: Final = msgid("The rules are being changed by several people at once. Save again.")

Seen = Mapping[str, RosterWeek]
"""Weeks by their ids."""


class RosterService:
    """Safe from any thread. May raise StoreUnavailable."""

    def __init__(self, writer: RulesWriter, timesheets: Timesheets) -> None:
        self._writer = writer
        self._timesheets = timesheets

    def save(self, weeks: Sequence[RosterWeek], *, authority: Authority, seen: Seen) -> None:
        """Set ``weeks``. ``seen``: those that whoever sets them had before their eyes; what is
        stored in another way by now is not overwritten. Raises RuleRefused, with nothing saved."""

        def attempt() -> None:
            rules = self._timesheets.rules()
            wanted = changed(seen, weeks)
            people = self._people(wanted)
            problems = self._problems(rules, wanted, people, authority, seen)
            if problems:
                raise RuleRefused(tuple(problems))
            if wanted:
                self._writer.put(*wanted, seen=rules.version)

        try:
            until_first(attempt, tries=_TRIES, lost=RulesMoved)
        except RulesMoved:
            raise RuleRefused((_BUSY,)) from None
        leave_nothing(self._writer, self._timesheets, weeks)

    def _problems(
        self,
        rules: Rules,
        weeks: Sequence[RosterWeek],
        people: Mapping[str, Person],
        authority: Authority,
        seen: Seen,
    ) -> list[str]:
        if len(weeks) > MOST_WEEKS:
            return [_MANY]
        if any(one.subject not in people for one in weeks):
            return [GONE]
        refusals = {authority.refusal(one, rules, people) for one in weeks} - {""}
        if refusals:
            return sorted(refusals)
        stored = {one.id: one for one in rules.rosters}
        if any(_days(stored, one) != _days(seen, one) for one in weeks):
            return [_CHANGED]
        shifts = {shift.id for shift in rules.shifts}
        wrong = dict.fromkeys(
            problem for one in weeks for problem in flaws(one) or roster_conflicts(shifts, one)
        )
        return list(wrong) or list(islice(self._overlaps(rules, weeks, people), _MOST_SAID))

    def _overlaps(
        self, rules: Rules, weeks: Sequence[RosterWeek], people: Mapping[str, Person]
    ) -> Iterator[str]:
        """Of two shifts of which ``weeks`` set at least one."""
        stored = {one.id: one for one in rules.rosters}
        after = replace(rules, rosters=tuple((stored | {one.id: one for one in weeks}).values()))
        duties = Duties(after, self._timesheets.zone)
        before = cells_of(stored[one.id] for one in weeks if one.id in stored)
        touched: dict[str, set[date]] = defaultdict(set)
        for (subject, day), shift in cells_of(weeks).items():
            if before.get((subject, day), USUAL) != shift:
                touched[subject] |= {day, day + ONE_DAY}
        for subject, days in touched.items():
            for rest in short_rests(duties, people[subject], sorted(days)):
                if rest.seconds < 0:
                    name, day = people[subject].name, rest.day
                    yield sentence(_TWO_AT_ONCE, name=name, day=day, before=day - ONE_DAY)

    def _people(self, weeks: Iterable[RosterWeek]) -> dict[str, Person]:
        wanted = {one.subject for one in weeks}
        people = self._timesheets.sources.people()
        return {one.subject: one for one in people if one.subject in wanted}


def _days(weeks: Seen, like: RosterWeek) -> tuple[str, ...]:
    """Of the week of the same person and days as ``like``."""
    return weeks.get(like.id, empty_week(like.subject, like.first)).days
