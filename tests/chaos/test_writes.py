"""What people write in the office outlives faults too, and the checker sees where it does not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.chaos.office import DONE, MUTATIONS, REFUSED, UNKNOWN
from tests.chaos.tally import Stretch, Tally, shown_by
from tests.chaos.world import Chaos
from tests.chaos.writes import GONE, TAKEN, Wish, Writes, Written
from tests.nightly import every_day_but

REVEALED: dict[str, Callable[[Chaos], None]] = {
    "keeps no writes": lambda chaos: chaos.strike("Redis: power cut"),
    "offers the newest first": lambda chaos: chaos.strike("Redis: power cut"),
    "offers what is there": lambda chaos: chaos.strike("Redis killed"),
    "confirms a write before it is kept": lambda chaos: chaos.kill([chaos.office]),
}
"""By mutation, what shows it."""
_EVERY_DAY = {"keeps no writes"}
SHOWN = ("lost", "came back", "twice", "not as it was written", "nobody made it")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutation", every_day_but(REVEALED.keys() - _EVERY_DAY, REVEALED))
def test_a_write_that_is_not_kept_in_its_order_is_noticed(tmp_path: Path, mutation: str) -> None:
    with Chaos(tmp_path, "nothing", seed=1, office=mutation) as chaos:
        found = shown_by(lambda: chaos.result.flaws, lambda: _round(chaos, mutation), SHOWN)
        assert found, chaos.result.flaws


def _round(chaos: Chaos, mutation: str) -> None:
    chaos.written(12)
    REVEALED[mutation](chaos)
    chaos.settle(within=12.0)


def test_each_mutation_of_the_office_has_its_faults() -> None:
    assert {*REVEALED, ""} == {*MUTATIONS}


def _said(
    writes: Writes,
    record: Written,
    *said: tuple[str | None, str | None],
    audit: Sequence[Sequence[str]] = (),
) -> Written:
    for value, told in said:
        wish = Wish("", record, value)
        writes.begin(wish)
        answer = {"said": told, "found": record.name, "audit": audit}
        writes.end(wish, None if told is None else answer)
    return record


def _flaws(
    writes: Writes, audit: Sequence[Sequence[str]] = (), **there: list[list[str]]
) -> list[str]:
    return writes.flaws({**there, "audit": audit}, [])


def test_the_checker_says_which_record_does_not_fit() -> None:
    writes = Writes()
    _said(writes, Written("rule", "r1"), ("old", DONE), ("new", DONE), ("maybe", UNKNOWN))
    assert _flaws(writes, rule=[["r1", "new"]]) == []
    assert _flaws(writes, rule=[["r1", "maybe"]]) == []
    assert _flaws(writes, rule=[["r1", "old"]]) == ["not as it was written (old): rule r1"]
    assert _flaws(writes, rule=[]) == ["lost: rule r1"]
    assert "twice: rule r1" in _flaws(writes, rule=[["r1", "new"], ["r1", "new"]])
    assert _flaws(writes, rule=[["r1", "new"], ["x", ""]]) == ["nobody made it: rule x"]


def test_who_lost_a_right_or_was_erased_never_comes_back() -> None:
    writes = Writes()
    _said(writes, Written("account", "a1"), ("active", DONE), (TAKEN, DONE))
    _said(writes, Written("person", "p1"), ("Ada", DONE), (GONE, DONE))
    _said(writes, Written("person", "p2"), ("Bob", DONE), (GONE, None))  # nobody was told
    there = [["a1", TAKEN]]
    assert _flaws(writes, account=there, person=[["p2", "Bob"]]) == []
    assert _flaws(writes, account=there, person=[]) == []
    assert _flaws(writes, account=[["a1", "active"]]) == ["came back: account a1"]
    assert _flaws(writes, account=there, person=[["p1", "Ada"]]) == ["came back: person p1"]


def test_what_was_refused_must_not_be_there() -> None:
    writes = Writes()
    _said(writes, Written("rule", "r1"), ("new", REFUSED))
    assert _flaws(writes, rule=[]) == []
    assert _flaws(writes, rule=[["r1", "new"]]) == ["not as it was written (new): rule r1"]


def test_the_log_of_changes_tells_of_each_once() -> None:
    writes, entry = Writes(), "setting.changed rule r1 new"
    _said(writes, Written("rule", "r1"), ("new", DONE), audit=[[entry, ""]])
    there, action = [["r1", "new"]], "setting.changed"
    assert _flaws(writes, [[entry, action]], rule=there) == []
    assert _flaws(writes, [], rule=there) == [f"lost from the audit log: {entry}"]
    assert _flaws(writes, [[entry, action]] * 2, rule=there) == [
        f"twice in the audit log: {entry}"
    ]


def test_what_it_tells_of_somebody_is_readable_until_they_may_be_erased() -> None:
    writes, entry, action = Writes(), "person.registered p1", "person.registered"
    ada = _said(writes, Written("person", "p1"), ("Ada", DONE), audit=[[entry, "p1"]])
    sealed = [[f"{action} (erased) 12345678", action]]
    there = [["p1", "Ada"]]
    assert _flaws(writes, sealed, person=there) == [f"lost from the audit log: {entry}"]
    _said(writes, ada, (GONE, None))
    assert _flaws(writes, sealed, person=there) == []
    assert _flaws(writes, [], person=there) == [f"lost from the audit log: {entry}"]


def test_sums_are_those_of_every_line(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "results.jsonl")
    for seed, flaws in ((1, []), (2, ["lost: a", "twice: b"])):
        faults = {"Redis killed": 3, "app killed": 1}
        tally.add(Stretch("always", seed, 3, faults, {"disk full": 1}, 1000, 10, 1.5, flaws, 2.0))
    table = tally.table()
    assert "| always | 6 | 8 | 2,000 marks, 20 writes | 1 | 1 | 1.5 s |" in table
    assert "Redis killed 6, app killed 2" in table
    assert "2 more hit nobody; load 2.0 to 2.0" in table
