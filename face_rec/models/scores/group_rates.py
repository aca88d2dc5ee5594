"""Whether everybody is served alike: the errors of each group, and of any tag that a site brings.

A group is called worse only where that is no chance: how far its errors lie above the average is
compared with what dealing the same people into groups at random gives (a permutation test over
people, so that many looks at one person count once), and the more groups are asked about, the
clearer each must be (Holm 1979). Of fewer than FEWEST people nothing is told: their rates would
be facts about persons.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.models.scores.bounds import Flags, Rate, rate
from face_rec.models.scores.own_report import GroupRate
from face_rec.models.scores.searches import Searches
from face_rec.models.scores.tail import Scores

Numbers = npt.NDArray[np.intp]
Tags = Mapping[str, Mapping[str, str]]
"""By the name of a tag, what it is for each ID (folded, see :func:`folded`)."""

FEWEST: Final = 5
GROUP: Final = "Group"
_MOST_TAGS: Final = 10
_LARGEST: Final = 20_000_000
_DRAWS: Final = 4_000
_CHANCE: Final = 0.05
_CLEARLY: Final = 1.25
"""A rate so many times that of the others; less is no reason to call anybody."""


def tags_of(data: bytes) -> Tags:
    """Tags from a CSV file: a column ``id``, and one for each tag. Raises PeopleError."""
    if len(data) > _LARGEST:
        raise PeopleError(msgid("The file of tags has more than 20 MB. Leave out other columns."))
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise PeopleError(
            msgid("The file of tags is no text. Save it as CSV in UTF-8.")
        ) from error
    delimiter = ";" if lines and ";" in lines[0] else ","
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error as error:
        raise PeopleError(msgid("The file of tags is no CSV. Save it as CSV in UTF-8.")) from error
    head = [cell.casefold() for cell in rows[0]] if rows else []
    names = rows[0] if rows else []
    if "id" not in head or not 2 <= len(head) <= _MOST_TAGS + 1:
        raise PeopleError(
            msgid(
                "The file of tags needs a first line with id and the names of 1 to "
                "10 tags, such as: id,glasses"
            )
        )
    place = head.index("id")
    columns = [(number, name) for number, name in enumerate(names) if number != place and name]
    found: dict[str, dict[str, str]] = {name: {} for _, name in columns}
    for row in rows[1:]:
        for number, name in columns:
            if len(row) > max(number, place) and row[number]:
                found[name][folded(row[place])] = row[number]
    return found


def folded(person_id: str) -> str:
    """IDs are compared so."""
    return person_id.strip().casefold()


def labelled(people: Iterable[Person], tags: Tags) -> dict[str, dict[str, str]]:
    """By tag, groups among them, what it is for each subject; whoever has no tag is left out."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for person in people:
        found[GROUP][person.subject] = person.group or "(none)"
        for name, values in tags.items():
            if value := values.get(folded(person.id)):
                found[name if name != GROUP else f"{GROUP} (tag)"][person.subject] = value
    return dict(found)


def group_rates(
    searches: Searches, labels: Mapping[str, Mapping[str, str]], threshold: float, owners: Scores
) -> tuple[GroupRate, ...]:
    """Of each tag with two values or more. ``owners``: as ``Searches.owners`` gives them."""
    missed = np.zeros(len(searches), np.bool_)
    missed[searches.mated] = owners < threshold
    reached = searches.other >= threshold
    made = [
        one for tag, of in labels.items() for one in _rates(searches, tag, of, missed, reached)
    ]
    return tuple(made)


def _rates(
    searches: Searches, tag: str, of: Mapping[str, str], missed: Flags, reached: Flags
) -> list[GroupRate]:
    people: dict[str, list[int]] = defaultdict(list)
    for number, subject in enumerate(searches.subjects):
        if subject in of:
            people[of[subject]].append(number)
    told = {name: members for name, members in people.items() if len(members) >= FEWEST}
    if len(told) < 2:
        return []
    group_of = np.full(len(searches.subjects), -1)
    for number, members in enumerate(told.values()):
        group_of[members] = number
    groups = group_of[searches.people]
    known = groups >= 0
    worse = [
        _worse(missed, groups, searches.people, known & searches.mated),
        _worse(reached, groups, searches.people, known),
    ]
    return [
        GroupRate(
            tag, name, len(members),
            _rate(missed, searches, searches.mated & (groups == number)),
            _rate(reached, searches, groups == number),
            more_missed=number in worse[0], more_mistaken=number in worse[1],
        )
        for number, (name, members) in enumerate(told.items())
    ]  # fmt: skip


def _rate(errors: Flags, searches: Searches, among: Flags) -> Rate:
    return rate(errors[among], searches.people[among])


def _worse(errors: Flags, groups: Numbers, people: Numbers, among: Flags) -> set[int]:
    """The groups with more errors than chance would give them."""
    if not errors[among].any():
        return set()
    persons, whose = np.unique(people[among], return_inverse=True)
    looks = np.bincount(whose).astype(np.float64)
    wrong = np.asarray(np.bincount(whose, errors[among].astype(np.float64)), np.float64)
    group = np.zeros(len(persons), np.intp)
    group[whose] = groups[among]
    count = int(group.max()) + 1
    excess = wrong - wrong.sum() / looks.sum() * looks
    found = np.bincount(group, excess, count)
    random = np.random.default_rng(0)  # the same answer to the same question
    as_high = sum(
        np.bincount(group, random.permutation(excess), count) >= found - 1e-9
        for _ in range(_DRAWS)
    )
    chances = (1 + np.asarray(as_high)) / (1 + _DRAWS)
    own = np.bincount(group, wrong, count) / np.maximum(np.bincount(group, looks, count), 1)
    rest = _others(wrong, group, count) / np.maximum(_others(looks, group, count), 1)
    clear = own >= _CLEARLY * rest
    return {int(one) for one in _held(chances) if clear[one]}


def _others(values: Scores, group: Numbers, count: int) -> Scores:
    return np.asarray(values.sum() - np.bincount(group, values, count), np.float64)


def _held(chances: Scores) -> list[int]:
    """Those that are no chance after Holm's correction."""
    held = []
    for rank, one in enumerate(np.argsort(chances)):
        if chances[one] * (len(chances) - rank) > _CHANCE:
            break
        held.append(int(one))
    return held
