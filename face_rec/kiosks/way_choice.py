"""Whoever was marked may say which way they go, while the greeting stands: what is offered, to
whom, and what a press may ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from face_rec.domain.kiosks.screens import Greeting, Scene
from face_rec.domain.marks import MARK_KINDS, Outcome
from face_rec.languages.translator import ENGLISH, Translator

BUTTONS: Final = {kind: mark.button for kind, mark in MARK_KINDS.items() if mark.button}
"""What a mark can be said to be, in the order of the buttons."""
LATE: Final = 2.0
"""Seconds that a press may need to the server after the greeting has gone."""
REASON: Final = "Pressed on the kiosk's screen."
_STANDS: Final = {Outcome.MARKED, Outcome.REPEATED, Outcome.SAVED_HERE}


@dataclass(frozen=True, slots=True)
class Offer:
    """Buttons for one mark. ``name``: whose it is, as the screen calls them. ``chosen``: what it
    counts as, where that was said; else empty. ``buttons``: kind and word of each."""

    event: str
    name: str
    chosen: str = ""
    buttons: tuple[tuple[str, str], ...] = tuple(BUTTONS.items())


def buttons(words: Translator = ENGLISH) -> tuple[tuple[str, str], ...]:
    """Kind and word of each, in the language of ``words``."""
    return tuple((kind, words.gettext(word)) for kind, word in BUTTONS.items())


def stands(greeting: Greeting) -> bool:
    """Whether it is about a mark that was made now."""
    return greeting.receipt.outcome in _STANDS


def offered(greetings: Iterable[Greeting], scene: Scene | None) -> Greeting | None:
    """Whose buttons are shown, once the mark is in the database: the one person who is greeted;
    of several, as in a queue, the only one who is before the camera still. With two of them
    there nobody could tell whose a button is."""
    found = _alone({one.receipt.event.subject: one for one in greetings}, scene)
    return found if found and stands(found) else None


def _alone(greeted: Mapping[str, Greeting], scene: Scene | None) -> Greeting | None:
    if len(greeted) == 1:
        return next(iter(greeted.values()))
    labels = scene.labels if scene else ()
    receipt = labels[0].receipt if len(labels) == 1 else None
    return greeted.get(receipt.event.subject) if receipt else None
