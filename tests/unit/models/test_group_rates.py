"""Groups that are served worse are told from those that were unlucky."""

import numpy as np
import pytest

from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person
from face_rec.models.scores.bounds import Flags
from face_rec.models.scores.group_rates import FEWEST, group_rates, labelled, tags_of
from face_rec.models.scores.own_report import GroupRate
from face_rec.models.scores.searches import Searches

LOOKS = 5


def _searches(missed: Flags, reached: Flags) -> Searches:
    """LOOKS looks at each person; ``missed`` and ``reached`` (N, LOOKS) at a threshold of 0.5."""
    count = len(missed)
    people = np.repeat(np.arange(count), LOOKS)
    return Searches(
        tuple(f"s{number}" for number in range(count)), people,
        np.tile(np.arange(LOOKS), count), np.where(missed.ravel(), 0.3, 0.7),
        np.where(reached.ravel(), 0.6, 0.2), np.ones(count * LOOKS), (people + 1) % count,
    )  # fmt: skip


def _told(searches: Searches, labels: dict[str, dict[str, str]]) -> dict[str, GroupRate]:
    owners = np.asarray(searches.own, np.float64)
    return {one.name: one for one in group_rates(searches, labels, 0.5, owners)}


def _halves(count: int) -> dict[str, dict[str, str]]:
    return {"Group": {f"s{n}": "day" if n % 2 else "night" for n in range(count)}}


def _flags(seed: int, count: int, share: float) -> Flags:
    return np.asarray(np.random.default_rng(seed).random((count, LOOKS)) < share)


def test_a_group_that_is_missed_more_often_is_told() -> None:
    missed = _flags(1, 400, 0.02)
    missed[::2] |= _flags(2, 200, 0.06)  # those of the night
    told = _told(_searches(missed, _flags(3, 400, 0.004)), _halves(400))
    assert told["night"].more_missed
    assert not told["night"].more_mistaken
    assert not told["day"].more_missed
    assert told["night"].missed.low > told["day"].missed.value
    assert (told["night"].people, told["night"].missed.trials) == (200, 1000)


def test_a_group_that_is_mistaken_more_often_is_told() -> None:
    reached = _flags(1, 400, 0.005)
    reached[1::2] |= _flags(2, 200, 0.03)
    told = _told(_searches(_flags(3, 400, 0.02), reached), _halves(400))
    assert told["day"].more_mistaken
    assert not told["day"].more_missed


def test_chance_alone_accuses_hardly_any_group(thorough: bool) -> None:
    """Ten groups with one rate, forty times, by day fifteen: at most one in twenty may be called
    worse once."""
    labels = {"Group": {f"s{n}": f"g{n % 10}" for n in range(200)}}
    accused = 0
    for seed in range(40 if thorough else 15):
        told = _told(_searches(_flags(seed, 200, 0.03), _flags(100 + seed, 200, 0.01)), labels)
        accused += any(one.more_missed for one in told.values())
    # Of forty two are expected, and of more than six the chance is 1 in 200; of fifteen one, and
    # of more than three 1 in 100.
    assert accused <= (6 if thorough else 3)


def test_one_person_who_is_always_missed_makes_no_group_worse() -> None:
    missed = np.zeros((60, LOOKS), np.bool_)
    missed[4] = True
    told = _told(_searches(missed, np.zeros_like(missed)), _halves(60))
    assert told["night"].missed.errors == 5
    assert not told["night"].more_missed


def test_of_fewer_than_five_people_nothing_is_told() -> None:
    labels = {"Group": {f"s{n}": "few" if n < FEWEST - 1 else f"g{n % 2}" for n in range(40)}}
    missed = np.zeros((40, LOOKS), np.bool_)
    missed[:4] = True
    assert set(_told(_searches(missed, ~missed), labels)) == {"g0", "g1"}
    one = {"Group": {f"s{n}": "all" for n in range(40)}}
    assert _told(_searches(missed, missed), one) == {}


# --- tags that a site brings


def test_tags_are_read_by_id_and_those_without_one_are_left_out() -> None:
    tags = tags_of(b"\xef\xbb\xbfName;ID;Glasses;Age\nAnn; e1 ;yes;old\nBob;E2;;young\n;E3;no;\n")
    people = [Person(f"s{n}", f"E{n}", "x", "staff" if n > 1 else "") for n in (1, 2, 3, 4)]
    assert labelled(people, tags) == {
        "Group": {"s1": "(none)", "s2": "staff", "s3": "staff", "s4": "staff"},
        "Name": {"s1": "Ann", "s2": "Bob"},
        "Glasses": {"s1": "yes", "s3": "no"},
        "Age": {"s1": "old", "s2": "young"},
    }


def test_a_tag_that_is_called_group_does_not_replace_the_groups() -> None:
    found = labelled([Person("s1", "E1", "x", "staff")], tags_of(b"id,Group\nE1,red\n"))
    assert found == {"Group": {"s1": "staff"}, "Group (tag)": {"s1": "red"}}


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\x00", b"name,glasses\nAnn,yes\n", b"id\nE1\n", b"id" + b",t" * 11],
)
def test_another_file_than_one_of_tags_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(PeopleError, match="file of tags"):
        tags_of(data)
