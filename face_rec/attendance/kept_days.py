"""Everybody's days, kept as rows: after a mark, a correction, a change of rules or people, and as
the time goes on, only those are judged again whom that concerns."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache

from face_rec.attendance.cached_stores import CachedStores, days_between
from face_rec.attendance.days.day_calculator import MARGIN, DayCalculator, Note
from face_rec.attendance.days.day_record import Days
from face_rec.attendance.days.day_rules import DayOutcome
from face_rec.attendance.days.kept_day import Blind, KeptDay, Moving, empty, numbers_of
from face_rec.attendance.days.planner import Plan, Planner
from face_rec.attendance.days.population import (
    Chosen,
    ChosenPeople,
    Numbers,
    Population,
    nobody,
)
from face_rec.attendance.row_calculator import RowCalculator
from face_rec.attendance.rules.rule_changes import Concerned, concerned
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.people import Person
from face_rec.protocols.models import Progress

_SETTLED_AFTER: Final = timedelta(days=3)  # the longest window ends two days after its date
_BYTES: Final = 512 * 1024 * 1024
_DAYS_PLANNED: Final = 400
"""Days asked for after which plans are made anew, so that those of old days are let go."""
_NOBODY: Final = np.empty(0, np.int64)


class KeptDays:
    """The days asked for last, as many as there is room for. Safe from any thread. May raise
    StoreUnavailable."""

    def __init__(
        self,
        sources: CachedStores,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        *,
        most: int = _BYTES,
    ) -> None:
        """``now``: in the site's zone. ``most``: bytes that are kept (a thousand people: 53 KB a
        day)."""
        self._now = now
        self._sources = sources
        self.judging = RowCalculator(sources, zone)
        self._chosen = ChosenPeople()
        self._kept: LRUCache[date, KeptDay] = LRUCache(
            most, getsizeof=lambda day: min(day.bytes + 1, most)
        )
        self._population = nobody()
        self._planner: tuple[Rules, Planner, int] | None = None
        self._change: tuple[Rules, Rules, Concerned] | None = None
        self._turn = threading.RLock()
        self._building = threading.Lock()
        self._latest = 0
        self.judged = 0
        """People's days that were judged so far."""

    @property
    def bytes(self) -> int:
        with self._turn:
            return sum(day.bytes for day in self._kept.values())

    def population(self) -> Population:
        """Everybody there is."""
        people = self._sources.people()
        with self._turn:
            if self._population.people is not people:
                self._population = self._population.after(people, self._sources.codes)
            return self._population

    def chosen(self, filters: Filters, population: Population | None = None) -> Chosen:
        """Those asked for, of everybody there is or of a population that rows are of."""
        return self._chosen.of(population or self.population(), filters)

    def rows(
        self,
        rules: Rules,
        days: Sequence[date],
        progress: Progress | None = None,
    ) -> tuple[Population, list[Days]]:
        """By day (in order), the rows of everybody."""
        made = self._built(rules, days, progress)
        with self._turn:
            state = self._state(rules, days)
            blind = self._blind(state, days)
            found = []
            for day in days:
                one = self._kept.get(day) or made.get(day)
                if one is None or not self._good(one, rules):  # no room for it, or rules changed
                    one = self._made(state, [day], self._calculator(rules, [day], state.now))[day]
                else:
                    self._follow(day, one, state, blind)
                self._kept[day] = one
                found.append(one.moving.at(one.rows, state.now) if one.moving else one.rows)
            return state.population, found

    def _state(self, rules: Rules, days: Sequence[date]) -> "_State":
        """In turn, so that no time is earlier than one before it unless the clock was set."""
        local = self._now()
        now = int(local.timestamp())
        if now < self._latest:  # what is over was judged as over
            self._kept.clear()
        self._latest = now
        stamps = self._sources.stamps(days_between(days[0] - MARGIN, days[-1] + MARGIN))
        return _State(rules, self.population(), local.date(), now, stamps)

    # --- days that were not kept

    def _built(
        self, rules: Rules, days: Sequence[date], progress: Progress | None
    ) -> dict[date, KeptDay]:
        """Days that must be judged for everybody, which may take a while: who asks for the same
        waits, who asks for days that are kept does not."""
        if not self._missing(rules, days):
            return {}
        with self._building:
            with self._turn:
                state, wanted = self._state(rules, days), self._missing(rules, days)
            if not wanted:
                return {}
            _, calculator = self.judging.calculator(rules, wanted, state.now)
            made = self._made(state, wanted, calculator, progress)
            with self._turn:
                self._kept.update(made)
            return made

    def _missing(self, rules: Rules, days: Sequence[date]) -> list[date]:
        with self._turn:
            kept = {day: self._kept.get(day) for day in days}
            return [day for day, one in kept.items() if one is None or not self._good(one, rules)]

    def _made(
        self,
        state: "_State",
        wanted: Sequence[date],
        calculator: DayCalculator,
        progress: Progress | None = None,
    ) -> dict[date, KeptDay]:
        people, places = state.population.people, state.population.places
        moving = {n: empty(len(people)) for n, day in enumerate(wanted) if state.moves(day)}
        note = _noting(moving, state.now, calculator.blindness) if moving else None
        rows = self.judging.rows(calculator, people, wanted, progress, note)
        self.judged += rows.size
        return {
            day: KeptDay(state.rules, places, state.near(day), rows[n].copy(), moving.get(n))
            for n, day in enumerate(wanted)
        }

    def _good(self, one: KeptDay, rules: Rules) -> bool:
        """Whether most of the day will do."""
        crowded = one.moving is not None and one.moving.crowded()
        return not crowded and not self._concerned(one.rules, rules).everybody

    # --- days that were

    def _follow(self, day: date, one: KeptDay, state: "_State", blind: Blind | None) -> None:
        """Bring a day that was kept up to everything that has come since."""
        self._kept.pop(day, None)  # if the database goes away meanwhile, it is made anew
        population = state.population
        again = [one.moved(population.places), self._ruled(one, state.rules, population.people)]
        marked = self._marked(day, one, state.near(day))
        again.append(np.arange(len(one.rows)) if marked is None else marked)
        if one.moving is not None:
            again.append(one.moving.due(state.now, blind))
        one.rules, one.stamps = state.rules, state.near(day)
        self._judge_again(day, one, numbers_of(again), population.people, state.now)
        if one.moving is not None and not state.moves(day):
            one.rows, one.moving = one.moving.at(one.rows, state.now), None

    def _ruled(self, one: KeptDay, rules: Rules, people: Sequence[Person]) -> Numbers:
        """Whom other rules concern."""
        about = self._concerned(one.rules, rules)
        if not (about.subjects or about.groups):
            return _NOBODY
        return np.array(
            [
                number
                for number, person in enumerate(people)
                if person.subject in about.subjects
                or person.group in about.groups
                or any(before.group in about.groups for before in person.moved)
            ],
            np.int64,
        )

    def _marked(self, day: date, one: KeptDay, stamps: tuple[int, ...]) -> Numbers | None:
        """Whose marks have changed; None: perhaps everybody's."""
        if stamps == one.stamps:
            return _NOBODY
        codes: list[int] = []
        near = days_between(day - MARGIN, day + MARGIN)
        for utc_day, before, after in zip(near, one.stamps, stamps, strict=True):
            since = self._sources.since(utc_day, before) if before != after else ()
            if since is None:
                return None
            codes += since
        return one.places.of(np.unique(np.array(codes, np.int64)))

    def _judge_again(
        self, day: date, one: KeptDay, who: Numbers, people: Sequence[Person], now: int
    ) -> None:
        if not len(who):
            return
        some = [people[number] for number in who.tolist()]
        calculator = self._calculator(one.rules, [day], now)
        note = None
        if one.moving is not None:
            note = _noting_some(one.moving, who.tolist(), now, calculator.blindness)
        rows = self.judging.rows(calculator, some, [day], note=note)
        self.judged += rows.size
        one.rows = one.rows.copy()  # what was handed out stays as it was
        one.rows[who] = rows[0]

    def _concerned(self, before: Rules, after: Rules) -> Concerned:
        if before is after:
            return Concerned()
        known = self._change
        if known is None or known[0] is not before or known[1] is not after:
            known = self._change = (before, after, concerned(before, after))
        return known[2]

    # --- what judges

    def _calculator(self, rules: Rules, days: Sequence[date], now: int) -> DayCalculator:
        known = self._planner
        asked = len(days) + (known[2] if known is not None else 0)
        if known is None or known[0] is not rules or asked > _DAYS_PLANNED:
            known, asked = (rules, self.judging.planner(rules), 0), len(days)
        self._planner = known[0], known[1], asked
        return self.judging.calculator(rules, days, now, known[1])[1]

    def _blind(self, state: "_State", days: Sequence[date]) -> Blind | None:
        """What kiosks missed of days that are not settled, where any is watched."""
        moving = [day for day in days if state.moves(day)]
        if not moving or not any(one.watched and one.watched_from for one in state.rules.kiosks):
            return None
        return self._calculator(state.rules, moving, state.now).blindness


@dataclass(frozen=True, slots=True)
class _State:
    """What days are to be judged by. ``stamps``: of the marks of each UTC day near them."""

    rules: Rules
    population: Population
    today: date
    now: int
    stamps: dict[date, int]

    def near(self, day: date) -> tuple[int, ...]:
        return tuple(self.stamps[one] for one in days_between(day - MARGIN, day + MARGIN))

    def moves(self, day: date) -> bool:
        """Whether something of the day may still depend on the time."""
        return day >= self.today - _SETTLED_AFTER


def _noting(moving: dict[int, Moving], now: int, blind: Blind) -> Note:
    def note(
        day: int, first: int, plans: Sequence[Plan], looked: Mapping[int, DayOutcome]
    ) -> None:
        if day in moving:
            for number, plan in enumerate(plans):
                moving[day].note(first + number, plan, looked.get(number), now, blind)

    return note


def _noting_some(moving: Moving, places: Sequence[int], now: int, blind: Blind) -> Note:
    def note(_: int, first: int, plans: Sequence[Plan], looked: Mapping[int, DayOutcome]) -> None:
        for number, plan in enumerate(plans):
            moving.note(places[first + number], plan, looked.get(number), now, blind)

    return note
