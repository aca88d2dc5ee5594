"""What runs of chaos came to, a JSON line for each settling: a run that breaks off loses nothing
that was counted, and the sums are those of all lines."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

HEAD: Final = (
    "| database | rounds | faults | confirmed | lost | doubled | longest until all was there |\n"
    "|---|---|---|---|---|---|---|\n"
)
_DOUBLED: Final = ("twice", "within")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one settling to the next. ``missed``: faults during which nobody passed and nothing
    was written, which prove nothing; ``seconds``: until all was there; ``load``: the machine's."""

    row: str
    seed: int
    rounds: int
    faults: dict[str, int]
    missed: dict[str, int]
    confirmed: int
    writes: int
    seconds: float
    flaws: list[str] = field(default_factory=list)
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 1))


class Tally:
    """Lines of ``path``, which several runs may share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, one: Stretch) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one)) + "\n")

    def all(self) -> list[Stretch]:
        if not self._path.exists():
            return []
        return [Stretch(**json.loads(line)) for line in self._path.read_text("utf-8").splitlines()]

    def table(self) -> str:
        """The sums, a row a deployment; below it what faults there were, and the loads."""
        found = self.all()
        rows = dict.fromkeys(one.row for one in found)
        of_rows = [[one for one in found if one.row == row] for row in rows]
        return HEAD + "".join(map(_line, of_rows)) + "".join(_about(found))


def _line(those: list[Stretch]) -> str:
    flaws = [flaw for one in those for flaw in one.flaws]
    lost = sum(flaw.startswith(("lost", "came back")) for flaw in flaws)
    twice = sum(flaw.startswith(_DOUBLED) for flaw in flaws)
    rounds, marks, writes = (
        sum(getattr(one, name) for one in those) for name in ("rounds", "confirmed", "writes")
    )
    faults = sum(sum(one.faults.values()) for one in those)
    longest = max(one.seconds for one in those)
    return (
        f"| {those[0].row} | {rounds:,} | {faults:,} | {marks:,} marks, {writes:,} writes | "
        f"{lost} | {twice} | {longest:.1f} s |\n"
    )


def _about(found: Iterable[Stretch]) -> Iterator[str]:
    faults: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    loads = []
    for one in found:
        faults.update(one.faults)
        missed.update(one.missed)
        loads.append(one.load)
    if loads:
        yield "\n" + ", ".join(f"{name} {count:,}" for name, count in faults.most_common())
        yield f"\n{missed.total():,} more hit nobody; load {min(loads)} to {max(loads)}\n"


def shown_by(
    flaws: Callable[[], Sequence[str]], strike: Callable[[], None], beginnings: tuple[str, ...]
) -> list[str]:
    """Those of the ``flaws`` that begin so, after as many strikes as it takes: where a
    promise is broken on purpose mostly the first shows it."""
    shown: list[str] = []
    for _ in range(15):
        strike()
        shown = [flaw for flaw in flaws() if flaw.startswith(beginnings)]
        if shown:
            break
    return shown
