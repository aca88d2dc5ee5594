"""What a kiosk says to who shows a badge, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from face_rec.kiosks.badge_windows import (
    LOOKED_UP_WITHIN,
    LOOKS_FOR,
    MET,
    SAID_FOR,
    TYPES_FOR,
    Answer,
    Phase,
    Window,
)
from face_rec.kiosks.banner import Named
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator


@dataclass(frozen=True, slots=True)
class BadgeCard:
    """What stands on the screen; an empty ``phase``: only the button; "met": a visitor is greeted.
    ``seconds``: how long it stays; ``nonce``: another one, another card."""

    phase: str = ""
    title: str = ""
    text: str = ""
    seconds: float = 0.0
    nonce: str = ""


_SECONDS: Final[Mapping[Phase, float]] = {
    Phase.LOOKING: LOOKS_FOR, Phase.READ: LOOKED_UP_WITHIN, Phase.PIN: TYPES_FOR,
    Phase.SAID: SAID_FOR,
}  # fmt: skip
_STEPS: Final[Mapping[Phase, tuple[str, str]]] = {
    Phase.LOOKING: (
        msgid("Hold your badge before the camera"), msgid("The code flat and whole in the picture")
    ),
    Phase.READ: (msgid("One moment"), ""),
    Phase.PIN: (msgid("Type your PIN"), ""),
}  # fmt: skip
_ANSWERS: Final[Mapping[Answer, tuple[str, str]]] = {
    Answer.NOTHING: (
        msgid("No badge was read"), msgid("Try again: nearer, with light on the code")
    ),
    Answer.VOID: (
        msgid("This badge is not valid here"), msgid("Ask the office for a new one")
    ),
    Answer.AWAY: (
        msgid("Badges do not work while the database is away"), msgid("Try again in a moment")
    ),
    Answer.WRONG_PIN: (
        msgid("Badge and PIN do not match"), msgid("Try again, or ask the office")
    ),
    Answer.BUSY: (
        msgid("Many people sign in at this moment. Try again in a few seconds."), ""
    ),
    Answer.NOT_SAVED: (msgid("No mark can be saved here now. Tell the office."), ""),
    Answer.CAME: (msgid("Welcome, {name}"), msgid("You are entered as a visitor")),
    Answer.CAME_TOLD: (msgid("Welcome, {name}"), msgid("Your host is told")),
    Answer.LEFT: (msgid("Goodbye, {name}"), msgid("Your visit has ended")),
    Answer.ASK_RECEPTION: (msgid("Please ask at the reception"), ""),
}  # fmt: skip


_MET: Final = "met"


def card_of(window: Window | None, named: Named, words: Translator) -> BadgeCard:
    """In the words of the kiosk's language."""
    if window is None:
        return BadgeCard()
    title, text = _said(window, named, words)
    if window.phase is Phase.PIN:
        text = named(window.name)
    seconds = _SECONDS[window.phase]
    phase = _MET if window.answer in MET else window.phase.value
    return BadgeCard(phase, title, text, seconds, f"{window.nonce}{window.phase}")


def _said(window: Window, named: Named, words: Translator) -> tuple[str, str]:
    if window.phase is not Phase.SAID or window.answer is None:
        title, text = _STEPS.get(window.phase, ("", ""))
    elif window.answer in _ANSWERS:
        title, text = _ANSWERS[window.answer]
        if window.answer in MET:
            return words.gettext(title, name=named(window.name)), words.gettext(text)
    else:  # LOCKED, PINS_LOCKED
        wait = words.ngettext(
            "Too many tries. Wait {count} minute, or ask the office to note your time.",
            "Too many tries. Wait {count} minutes, or ask the office to note your time.",
            window.count,
        )
        return wait, ""
    return words.gettext(title), words.gettext(text) if text else ""
