"""Whoever was marked may say which way they go, while the greeting stands: what is offered, to
whom, and what a press may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.domain.marks import MARK_KINDS, Outcome
from face_rec.domain.screens import Greeting

BUTTONS: Final = {kind: mark.button for kind, mark in MARK_KINDS.items() if mark.button}
"""What a mark can be said to be, in the order of the buttons."""
LATE: Final = 2.0
"""Seconds that a press may need to the server after the greeting has gone."""
REASON: Final = "Pressed on the kiosk's screen."
_STANDS: Final = {Outcome.MARKED, Outcome.REPEATED, Outcome.SAVED_HERE}


@dataclass(frozen=True, slots=True)
class Offer:
    """Buttons for one mark. ``chosen``: what it counts as, where that was said; else empty.
    ``buttons``: kind and word of each."""

    event: str
    chosen: str = ""
    buttons: tuple[tuple[str, str], ...] = tuple(BUTTONS.items())


def offered(greetings: Iterable[Greeting]) -> Greeting | None:
    """Whose buttons are shown, once the mark is in the database: the one person who is greeted.
    With two before the camera nobody could tell whose a button is."""
    newest = {one.receipt.event.subject: one for one in greetings}
    if len(newest) != 1:
        return None
    (found,) = newest.values()
    return found if found.receipt.outcome in _STANDS else None
