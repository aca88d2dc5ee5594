"""Questions about single marks: why a status, what is doubtful, who corrected what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.day_record import record, row
from face_rec.attendance.days.explained_day import Explanation
from face_rec.attendance.days.explanation import Explainer
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.marks.correction import AuditLine, audit
from face_rec.attendance.marks.effective_marks import Entries, Entry
from face_rec.attendance.marks.mark_columns import CONFIRMED, DOUBTED, Marks, columns_of
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import Limits
from face_rec.attendance.terms.status import Flag
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import Event, EventKind
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence, stored
from face_rec.protocols.marks import MarkReader


@dataclass(frozen=True, slots=True)
class Doubt:
    """A mark that a person should look at. ``person`` is None if they are no
    longer registered."""

    entry: Entry
    person: Person | None
    reasons: tuple[str, ...]


class MarkQueries:
    """Reads raw events, where timesheets read columns. All may raise StoreUnavailable."""

    def __init__(self, timesheets: Timesheets, store: MarkReader) -> None:
        self._timesheets = timesheets
        self._store = store
        self._standing = timesheets.sources.standing

    def explain(self, subject: str, day: date) -> Explanation:
        """Why the status of this person on this day; raises PersonMissing."""
        timesheets, person, rules = (
            self._timesheets,
            self._timesheets.somebody(subject),
            self._timesheets.rules(),
        )
        planner, calculator = timesheets.calculator(rules, day, day)
        (plan,) = planner.expected(person, (day,))
        days = _utc_days(min(plan.opens, plan.reach[0]), max(plan.closes, plan.reach[1]))
        found = [e for one in self._standing.days(days) for e in one.marks]
        own = [entry for entry in found if entry.event.subject == subject]
        marks = columns_of(Entries(tuple(own)), 0, timesheets.codes).marks
        inside = marks[(marks["at"] >= plan.opens) & (marks["at"] < plan.closes)]
        judged = calculator.judge(
            plan, Directions(rules.kiosks, timesheets.codes, timesheets.zone).punches(inside)
        )
        strays = int(Flag.OUTSIDE_WINDOW) if _strays(marks, plan) else 0
        numbers = row(plan, judged, strays, timesheets.codes)
        return Explainer(timesheets.zone, timesheets.sources.clock_changes()).explain(
            record=record(person, day, numbers, timesheets.zone, timesheets.codes),
            plan=plan,
            judged=judged,
            marks=_of_day(own, plan),
            outages=calculator.blindness(plan).outages,
            malformed=[text for one in days for text in self._store.malformed(one)],
        )

    def limits(self) -> Limits:
        """Those that hold today; a change may be entered before its day."""
        return rule_version.at(self._timesheets.rules().limits, self._timesheets.today())

    def review(self, first: date, last: date, limits: Limits | None = None) -> list[Doubt]:
        """Marks with a low score or margin, unsure liveness, or of a source that is always looked
        at (PIN, offline) or by a clock that was wrong, and who was held as not taken for live,
        that nobody has confirmed or voided; newest first. ``limits`` default to those of today."""
        bounds = limits or self.limits()
        people = {person.subject: person for person in self._timesheets.people()}
        found = []
        changes = self._timesheets.sources.clock_changes()
        for day in self._doubtful_days(first, last, bounds, changes):
            standing = self._standing.days([day])[0]
            for entry in (*standing.marks, *standing.held):
                reasons = doubts(entry, bounds) + self._by_clock(entry, changes)
                if reasons:
                    found.append(Doubt(entry, people.get(entry.event.subject), reasons))
        inside = [d for d in found if first <= self._local_day(d.entry) <= last]
        return sorted(inside, key=lambda doubt: doubt.entry.event.at, reverse=True)

    def audit(self, first: date, last: date) -> list[AuditLine]:
        """All corrections of marks of these local days, and who was held, newest first."""
        found = self._standing.local(first, last, self._timesheets.zone, held=True)
        lines = [line for entry in found for line in audit(entry)]
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def marks(self, day: date) -> list[Entry]:
        """All marks of one local day, voided ones too, by time."""
        return self._standing.local(day, day, self._timesheets.zone)

    def malformed(self, first: date, last: date) -> dict[date, list[str]]:
        """Raw entries of these UTC days that are no events."""
        found = {day: self._store.malformed(day) for day in days_between(first, last)}
        return {day: texts for day, texts in found.items() if texts}

    def entry(self, event: Event) -> Entry:
        """The mark ``event`` as it stands; raises CorrectionRefused if it is gone."""
        (found,) = self._standing.days([event.utc_day])
        for entry in (*found.marks, *found.held):
            if entry.event.id == event.id:
                return entry
        raise CorrectionRefused(msgid("This mark is not there any more. Reload the page."))

    def _doubtful_days(
        self, first: date, last: date, limits: Limits, changes: ClockChanges
    ) -> list[date]:
        days = days_between(first - MARGIN, last + MARGIN)
        columns = self._timesheets.sources.columns(first, last)
        by_clock = changes.days()
        return [
            day
            for day, one in zip(days, columns, strict=True)
            if one.held or day in by_clock or _any_doubt(one.marks, limits)
        ]

    def _by_clock(self, entry: Entry, changes: ClockChanges) -> tuple[str, ...]:
        """Why the time of a mark should be looked at; empty for one that was looked at."""
        if entry.voided or entry.confirmed:
            return ()
        doubt = changes.doubt(entry.event, self._timesheets.zone)
        return (doubt,) if doubt else ()

    def _local_day(self, entry: Entry) -> date:
        return entry.event.at.astimezone(self._timesheets.zone).date()


_LOW_SCORE: Final = msgid("score {value} is below {bound}")
_LOW_LEAD: Final = msgid("margin {value} is below {bound}")
_LOW_LIVENESS: Final = msgid("liveness {value} is below {bound}")


def doubts(entry: Entry, limits: Limits) -> tuple[str, ...]:
    """Why a mark should be looked at; empty for one that was looked at."""
    if entry.voided or entry.confirmed:
        return ()
    event = entry.event
    if entry.kind is EventKind.HELD:
        return (sentence("not marked: {reason}", reason=stored(event.reason or "")), *event.doubts)
    bounds = (
        (_LOW_SCORE, event.score, limits.score),
        (_LOW_LEAD, event.margin, limits.margin),
        (_LOW_LIVENESS, event.liveness, limits.liveness),
    )
    its_own = (stored(event.reason),) if event.source.late and event.reason else ()
    return (
        event.doubts
        + its_own
        + tuple(
            sentence(text, value=Figure(value, 2), bound=Figure(bound, 2))
            for text, value, bound in bounds
            if value is not None and value < bound
        )
    )


def _any_doubt(marks: Marks, limits: Limits) -> bool:
    # NaN, for what was not measured, compares as False.
    low = (
        (marks["score"] < limits.score)
        | (marks["margin"] < limits.margin)
        | (marks["liveness"] < limits.liveness)
        | ((marks["state"] & DOUBTED) != 0)
    )
    return bool(np.any(low & ((marks["state"] & CONFIRMED) == 0)))


def _strays(marks: Marks, plan: Plan) -> bool:
    at = marks["at"]
    near = (at >= plan.reach[0]) & (at < plan.reach[1])
    return bool(np.any(near & ((at < plan.opens) | (at >= plan.closes))))


def _of_day(found: Iterable[Entry], plan: Plan) -> Sequence[Entry]:
    """The marks that belong to the day or lie beside its window."""
    first, last = min(plan.opens, plan.reach[0]), max(plan.closes, plan.reach[1])
    return [entry for entry in found if first <= entry.event.at.timestamp() < last]


def _utc_days(start: int, end: int) -> list[date]:
    """The UTC days that hold the moments from ``start`` to ``end``, both included."""
    return days_between(*(datetime.fromtimestamp(moment, UTC).date() for moment in (start, end)))
