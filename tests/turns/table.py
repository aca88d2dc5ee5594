"""Who passed, as a table for docs/liveness.md; bounds are upper ones, 95 %, Clopper-Pearson."""

from collections.abc import Sequence
from statistics import median

from face_rec.journey.liveness.error_rates import ENOUGH, rate
from tests.turns.measuring import Answered


def table(answered: Sequence[Answered]) -> str:
    kinds = dict.fromkeys(one.species for one in answered)
    rows = [_row([one for one in answered if one.species == kind]) for kind in kinds]
    head = ["| presentation | named | passed at the first try | … before the pause | people |"
            " seconds of a try passed |", "|---|---|---|---|---|---|"]  # fmt: skip
    return "\n".join([*head, *rows])


def _row(answered: Sequence[Answered]) -> str:
    named = [one for one in answered if one.tries]
    passed = [one for one in named if one.tries[-1][0] is None]
    first = sum(len(one.tries) == 1 for one in passed)
    who = {one.who for one in passed}
    all_of = {one.who for one in named}
    took = f"{median(one.tries[-1][1] for one in passed):.1f}" if passed else "–"
    cells = [
        answered[0].species,
        f"{len(named)} of {len(answered)}",
        _counted(first, len(named)),
        _counted(len(passed), len(named)),
        f"{len(who)} of {len(all_of)}",
        took,
    ]
    return f"| {' | '.join(cells)} |"


def _counted(errors: int, of: int) -> str:
    if not of:
        return "–"
    one = rate(errors, of, ENOUGH)
    return f"{errors} of {of} ({errors / of:.1%}; {one.low:.1%} to {one.high:.1%})"
