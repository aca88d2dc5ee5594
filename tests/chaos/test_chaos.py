"""A short form of ``make chaos``: the promise holds under faults, and the checker sees every way
in which it was broken on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.deployments import Alone
from tests.chaos.history import History
from tests.chaos.kiosk import MUTATIONS, Pass
from tests.chaos.proxy import Line
from tests.chaos.tally import shown_by
from tests.chaos.world import Chaos
from tests.nightly import every_day_but
from tests.samples import an_event

pytestmark = pytest.mark.timeout(300)


def test_faults_of_every_kind_lose_and_double_nobody(tmp_path: Path) -> None:
    with Chaos(tmp_path, "everysec", seed=7) as chaos:
        for name in sorted(chaos.faults()):
            chaos.strike(name)
        chaos.settle()
        assert chaos.result.flaws == []
        assert chaos.result.confirmed > 20


def _outage(chaos: Chaos, *, killed: bool = False, cut: bool = False) -> None:
    """Some are confirmed while Redis cannot be reached; then perhaps all apps are killed, or the
    machines of theirs lose power."""
    assert isinstance(chaos.site, Alone)
    chaos.site.proxy.set(Line.CUT)
    chaos.passes(5)
    if killed:
        chaos.kill(chaos.kiosks)
    if cut:
        chaos.strike("machine of apps: power cut")
    chaos.site.proxy.set(Line.GOOD)


REVEALED: dict[str, Callable[[Chaos], None]] = {
    "confirms before the journal has it": lambda chaos: _outage(chaos, killed=True),
    "lets go before Redis was asked": lambda chaos: _outage(chaos, killed=True),
    "takes what Redis did not hear for done": _outage,
    "hands on under another id": _outage,
    "lets go on acknowledgement": lambda chaos: chaos.strike("Redis: power cut"),
    "confirms before it is fsynced": lambda chaos: _outage(chaos, cut=True),
}
"""By mutation, what shows it."""


_EVERY_DAY = {"confirms before the journal has it", "lets go before Redis was asked"}
"""Others take up to half a minute to show themselves: every night."""


@pytest.mark.parametrize("mutation", every_day_but(REVEALED.keys() - _EVERY_DAY, REVEALED))
def test_the_promise_broken_on_purpose_is_noticed(tmp_path: Path, mutation: str) -> None:
    with Chaos(tmp_path, "everysec", seed=1, mutation=mutation) as chaos:
        found = shown_by(lambda: chaos.result.flaws, lambda: _round(chaos, mutation), SHOWN)
        assert found, chaos.result.flaws


def _round(chaos: Chaos, mutation: str) -> None:
    chaos.passes(20)
    REVEALED[mutation](chaos)
    chaos.settle(within=4.0)


SHOWN = ("lost", "nobody made it")


def test_each_mutation_has_its_faults() -> None:
    assert {*REVEALED, ""} == {*MUTATIONS}
    assert len(REVEALED) == 6


def _history(**told: str | None) -> History:
    history = History()
    for number, (name, said) in enumerate(told.items()):
        one = Pass(name, "s1", 100 * number)
        history.begin(one)
        history.end(one, said)
    return history


def test_the_checker_says_what_does_not_fit() -> None:
    history = _history(a="marked", b="saved_here", c=None, d="refused", e="already")
    a, b = an_event("a", "s1", 0), an_event("b", "s1", 100)
    c, d = an_event("c", "s1", 200), an_event("d", "s1", 300)
    assert history.flaws([a, b], set()) == []
    assert history.flaws([a, b, c], set()) == []  # nobody was told, so that both are right
    assert history.flaws([a], set()) == ["lost: b"]
    assert "twice: a" in history.flaws([a, a, b], set())
    assert history.flaws([a, b, d], set()) == ["there, and was refused: d"]
    assert history.flaws([a, b, an_event("x", "s9")], set()) == ["nobody made it: x"]
    moved = an_event("b", "s1", 100.5)
    assert history.flaws([a, moved], set()) == ["not as it was made: b"]


def test_a_confirmation_that_another_mark_stands_for_must_be_noted() -> None:
    history = _history(a="marked", b="saved_here")
    near = Pass("near", "s1", 130)
    history.begin(near)
    history.end(near, "saved_here")
    there = [an_event("a", "s1", 0), an_event("near", "s1", 130)]
    assert history.flaws(there, {"b"}) == []
    assert history.flaws(there, set()) == ["joined to another mark, and nobody says so: b"]
    both = [*there, an_event("b", "s1", 100)]
    assert history.flaws(both, set()) == ["within the cooldown: b and near"]
