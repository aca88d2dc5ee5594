"""``python -m tests.turns``: who passes the turns of the head, counted. Takes some minutes."""

import argparse

from tests.turns.measuring import measure
from tests.turns.presenters import PRESENTERS
from tests.turns.table import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.turns")
    parser.add_argument("--people", type=int, default=24, help="shown in each way")
    parser.add_argument("--times", type=int, default=20, help="that each answers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tune", action="store_true", help="show those on whom limits are chosen")
    parser.add_argument("--species", nargs="*", choices=list(PRESENTERS), default=list(PRESENTERS))
    options = parser.parse_args()
    found = measure(
        options.species, options.people, options.times, options.seed, tune=options.tune
    )
    print(table(found))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
