"""``python -m tests.turns``: who passes the turns of the head, counted. Takes some minutes."""

import argparse
from tempfile import TemporaryDirectory
from pathlib import Path

from tests.turns.measuring import measure
from tests.turns.presenters import PRESENTERS
from tests.turns.table import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.turns")
    parser.add_argument("--people", type=int, default=40, help="shown in each way (default 40)")
    parser.add_argument("--times", type=int, default=10, help="each answers (default 10)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tune", action="store_true", help="show those on whom limits are chosen")
    parser.add_argument("--species", nargs="*", choices=list(PRESENTERS), default=list(PRESENTERS))
    options = parser.parse_args()
    print(table(measure(options.species, options.people, options.times, options.seed, tune=options.tune)))


if __name__ == "__main__":
    main()
