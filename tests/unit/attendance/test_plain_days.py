"""Days that are judged many at a time come to what the rules say of each by itself."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from operator import attrgetter
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.days import day_calculator
from face_rec.attendance.days.day_calculator import DayCalculator
from face_rec.attendance.days.day_record import Row, row
from face_rec.attendance.days.day_rules import DayOutcome, judge
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.days.planner import Planner
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.mark_columns import Codes, Marks, columns_of, merged, only
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import OFF, weeks_of
from face_rec.attendance.rules.rules import Rules, with_items
from face_rec.attendance.rules.shift import Counting, Reading, Shift
from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import Direction, KioskRecord
from tests.attendance_days import BERLIN, LONG_AGO, MONDAY, at, shift

DAYS: Final = [MONDAY + timedelta(days=n) for n in range(4)]
PEOPLE: Final = [
    Person(f"s{n:02}", f"{n}", f"Person {n}", f"Group {n % 2}", created_at=LONG_AGO)
    for n in range(8)
]
GONE: Final = [replace(PEOPLE[0], subject=f"g{n}") for n in range(3)]
id_of: Callable[[Any], str] = attrgetter("id")
LIMIT: Final = st.sampled_from([None, 0, 30, 240, 480])
shifts = st.builds(
    shift,
    end=st.sampled_from([time(17), time(12), time(8)]),
    days=st.sampled_from([frozenset(range(7)), frozenset({0, 2})]),
    opens_before=st.sampled_from([0, 120]), closes_after=st.sampled_from([0, 240]),
    late_grace=st.sampled_from([0, 10]), early_grace=st.sampled_from([0, 10]),
    half_day_below=LIMIT, absent_below=LIMIT, overtime_after=LIMIT,
    unpaid_break=st.sampled_from([0, 30, 600]), break_after=st.sampled_from([0, 60]),
    reading=st.sampled_from(Reading), counting=st.sampled_from(Counting),
    presence_only=st.sampled_from([False, False, False, True]),
)  # fmt: skip
kiosks = st.builds(
    KioskRecord, st.just("door"), direction=st.sampled_from(Direction),
    minimum_stay=st.sampled_from([0, 10]), watched_from=st.sampled_from([None, LONG_AGO]),
)  # fmt: skip
others = st.lists(
    st.sampled_from([
        Leave("l", "s01", DAYS[1], DAYS[2]), Leave("h", "s02", DAYS[0], DAYS[3], half=True),
        Assignment("o", "early", "s03"), Assignment("g", "early", group="Group 1"),
        *weeks_of({("s05", DAYS[1]): OFF, ("s05", DAYS[2]): "early"}),
        Employment("s04", DAYS[1], DAYS[2]),
        Holiday("x", DAYS[2], "Feast", frozenset({"Group 1"})),
    ]),
    unique_by=id_of, max_size=6,
)  # fmt: skip


class Site:
    """Eight people over four days, judged both ways. ``hour``: of the last day, when it is."""

    def __init__(self, rules: Rules, events: Iterable[Event], hour: int = 12) -> None:
        self.codes = Codes()
        self.codes.many([one.subject for one in PEOPLE])  # also of whoever has no mark
        self.now = int(at(DAYS[-1], f"{hour:02}:00").timestamp())
        self.planner = Planner(rules, BERLIN)
        self.directions = Directions(rules.kiosks, self.codes, BERLIN)
        self.uptime = Uptime(rules.kiosks, {}, rules.limits)
        listed = list(events)
        self.marks: Marks = merged([columns_of(entries(listed), len(listed), self.codes)])

    def together(
        self, people: Sequence[Person] = PEOPLE, days: Sequence[date] = DAYS
    ) -> list[Any]:
        parts = self.planner, self.directions, self.uptime, self.codes, self.now
        found: list[Any] = DayCalculator(*parts).days(people, days, self.marks).tolist()
        return found

    def alone(self) -> list[list[Row]]:
        plans = {one.subject: list(self.planner.expected(one, DAYS)) for one in PEOPLE}
        return [
            [self._row(one, plans[one.subject][n]) for one in PEOPLE] for n in range(len(DAYS))
        ]

    def _row(self, person: Person, plan: Any) -> Row:  # noqa: ANN401 - a Plan
        columns = [columns_of(entries([]), 0, self.codes)]
        columns[0] = replace(columns[0], marks=self.marks)
        own = self.directions.punches(only(columns, self.codes.code(person.subject)))
        inside = [one for one in own if plan.opens <= one.at < plan.closes]
        reach = [one for one in own if plan.reach[0] <= one.at < plan.reach[1]]
        stray = any(not plan.opens <= one.at < plan.closes for one in reach)
        blind = self.uptime.blindness(plan.group, plan.day, plan.start, min(plan.end, self.now))
        judged = judge(plan, inside, self.now, blind)
        return row(plan, judged, int(Flag.OUTSIDE_WINDOW) * stray, self.codes)


@given(shifts, kiosks, others, st.integers(0, 2**32), st.sampled_from([8, 12, 18, 23]))
def test_many_at_a_time_come_to_what_each_comes_to_alone(
    usual: Shift, kiosk: KioskRecord, more: list[Any], seed: int, hour: int
) -> None:
    early = Shift("early", "Early", time(6), time(14), counting=Counting.EVERY_PAIR)
    site = Site(with_items(Rules(), [usual, early, kiosk, *more]), marks(seed), hour)
    assert site.together() == [[tuple(one) for one in day] for day in site.alone()]


def marks(seed: int) -> list[Event]:
    """Mostly of ordinary days, by turns at doors that may say which way; some that repeat one
    before, some by hand, of the night, or of the same second; some people are never seen, and
    some are gone."""
    chance = random.Random(seed)
    found: list[Event] = []
    for person in chance.sample([*PEOPLE, *GONE], 7):
        for day in [DAYS[0] - timedelta(days=1), *DAYS]:
            hours = sorted(chance.sample([7, 8, 9, 12, 13, 16, 17, 21], chance.choice([0, 2, 4])))
            turned = chance.random() < 0.2
            for number, hour in enumerate(hours):
                when = at(day, f"{hour:02}:{chance.choice([0, 5, 11, 55]):02}:00")
                found.append(_mark(len(found), person, when, chance, number % 2 ^ turned))
                if chance.random() < 0.1:
                    after = timedelta(seconds=chance.choice([0, 30, 700]))
                    found.append(
                        _mark(len(found), person, when + after, chance, number % 2 ^ turned)
                    )
    return found


def _mark(number: int, person: Person, when: Any, chance: random.Random, turn: int) -> Event:  # noqa: ANN401 - a datetime
    said = [EventKind.IN, EventKind.OUT][turn]
    kind = chance.choice([EventKind.PUNCH, EventKind.PUNCH, said, said, EventKind.BREAK])
    source = chance.choice([*[Source.VIDEO] * 20, Source.PIN, Source.MANUAL])
    return Event(f"e{number:03}", person.subject, when, kind, source, chance.choice(["door", "x"]))


@pytest.mark.parametrize("counting", Counting)
def test_of_an_ordinary_month_nobody_is_judged_alone(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would take minutes where it takes seconds, and nothing else would show it."""
    days = [MONDAY + timedelta(days=n) for n in range(28)]
    events = [
        Event(f"{day}{one.subject}{n}", one.subject, at(day, clock), EventKind.PUNCH,
              Source.VIDEO, "main")
        for day in days
        for one in PEOPLE
        for n, clock in enumerate(("08:55", "12:00", "12:45", "17:10"))
    ]  # fmt: skip
    site = Site(with_items(Rules(), [shift(counting=counting)]), events)
    site.now += 40 * 86_400
    plans = len({(one.group, day) for one in PEOPLE for day in days})
    judged = []

    def counted(*given: Any) -> DayOutcome:  # noqa: ANN401 - whatever judge takes
        judged.append(given)
        return judge(*given)

    monkeypatch.setattr(day_calculator, "judge", counted)
    rows = np.array(site.together(days=days), object)
    assert rows.shape[:2] == (28, 8)
    assert len(judged) == plans + 8 * 8  # of each plan once, and who came on a weekend
