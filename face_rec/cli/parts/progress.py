"""How far a command is, where somebody looks on."""

import sys
from typing import NoReturn

from tqdm import tqdm

from face_rec.protocols.models import Progress
from face_rec.terminal.words import said


def bar() -> "tqdm[NoReturn]":
    """Counts days."""
    return tqdm(total=0, file=sys.stderr, desc=said("days"), disable=None)


def on(shown: "tqdm[NoReturn]") -> Progress:
    """What ``shown`` shows."""

    def show(done: int, total: int) -> None:
        shown.total, shown.n = total, done
        shown.refresh()

    return show


def advance(bar: "tqdm[NoReturn]", done: int, total: int) -> None:  # noqa: ARG001
    """Of a bar that knows its total."""
    bar.update(done - bar.n)
