"""All people as the days of a table have them: numbers in place of names, so that rows can be kept
after somebody is gone, and told whose they are."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import DAY, Days, by_group_and_name
from face_rec.attendance.marks.mark_columns import Codes
from face_rec.attendance.terms.filters import Filters
from face_rec.domain.people import Person

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Whose rows stand where: the ``codes`` of subjects, and a key of what the days of each
    depend on. Names nobody."""

    codes: Numbers
    keys: Numbers

    def of(self, codes: Numbers) -> Numbers:
        """The places of these codes, in their order; those who are not there are left out."""
        order = np.argsort(self.codes, kind="stable")
        sorted_codes = self.codes[order]
        at = np.searchsorted(sorted_codes, codes)
        at[at == len(order)] = 0
        there = sorted_codes[at] == codes if len(order) else np.zeros(len(codes), np.bool_)
        found: Numbers = order[at[there]]
        return found

    def kept(self, before: "Places") -> tuple[Numbers, Numbers]:
        """Whose rows of ``before`` are good: their places here, and there."""
        order = np.argsort(before.codes, kind="stable")
        if not len(order):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(before.codes[order], self.codes), len(order) - 1)
        there = order[at]
        same = (before.codes[there] == self.codes) & (before.keys[there] == self.keys)
        return np.flatnonzero(same), there[same]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """``people`` by subject, and their :class:`Places`."""

    people: Sequence[Person]
    places: Places

    def after(self, people: Sequence[Person], codes: Codes) -> "Population":
        """The same for these ``people``; who has not changed is not looked at again."""
        known = {person.subject: number for number, person in enumerate(self.people)}
        old = [known.get(person.subject, -1) for person in people]
        pairs = zip(old, people, strict=True)
        stays = [n if n >= 0 and self.people[n] is person else -1 for n, person in pairs]
        where = np.array(stays, np.int64)
        made = np.empty(len(people), np.int64)
        keys = np.empty(len(people), np.int64)
        same = where >= 0
        made[same] = self.places.codes[where[same]]
        keys[same] = self.places.keys[where[same]]
        for number in np.flatnonzero(~same).tolist():
            made[number] = codes.code(people[number].subject)
            keys[number] = hash(_of_days(people[number]))
        return Population(people, Places(made, keys))


def nobody() -> Population:
    return Population((), Places(np.empty(0, np.int64), np.empty(0, np.int64)))


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Some people by group and name, and their places in the population."""

    people: tuple[Person, ...]
    places: Numbers


class ChosenPeople:
    """Who is asked for, found once for each population and filter. Safe from any thread."""

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._known: tuple[Population, Numbers, dict[Filters, Chosen]] | None = None

    def of(self, population: Population, filters: Filters) -> Chosen:
        known = self._known
        if known is None or known[0] is not population or len(known[2]) > self._most:
            same = known is not None and known[0] is population
            order = known[1] if known is not None and same else _order(population.people)
            known = self._known = population, order, {}
        made = known[2].get(filters)
        if made is None:
            people, order = population.people, known[1].tolist()
            places = [number for number in order if filters.takes(people[number])]
            made = Chosen(tuple(people[n] for n in places), np.array(places, np.int64))
            known[2][filters] = made
        return made


def _order(people: Sequence[Person]) -> Numbers:
    keys = [by_group_and_name(person) for person in people]
    return np.array(sorted(range(len(people)), key=keys.__getitem__), np.int64)


def taken(rows: Sequence[Days], places: Numbers) -> Days:
    """(days, people) of those at these places; ``rows``: by day, of everybody."""
    found = np.empty((len(rows), len(places)), DAY)
    for number, day in enumerate(rows):
        found[number] = day[places]
    return found


def _of_days(person: Person) -> Hashable:
    """What of a person their days depend on."""
    return (
        person.subject, person.group, person.active, person.created_at, person.deactivated_at,
        person.pauses, person.moved,
    )  # fmt: skip
