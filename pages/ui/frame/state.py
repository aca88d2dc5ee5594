"""How the parts of the system stand, in words for people."""

from collections.abc import Iterable
from typing import Final

from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from pages.ui.shared.widgets import Line, Tone
from pages.ui.shared.words import in_words, said

TITLES = {
    "redis": msgid("Database"),
    "redis data": msgid("Stored data"),
    "models": msgid("Recognition model"),
    "gallery": msgid("Known faces"),
    "accuracy": msgid("Accuracy"),
    "journal": msgid("Waiting marks"),
    "snapshots": msgid("Pictures"),
    "speed": msgid("Speed"),
    "load": msgid("Load"),
    "disk": msgid("Disk"),
    "background": msgid("Work in the background"),
    "chain": msgid("Protection against changes"),
    "liveness": msgid("Liveness"),
    "enrolled cameras": msgid("Enrolled cameras"),
    "cameras": msgid("Cameras"),
    "clock": msgid("Clock"),
    "clock and redis": msgid("Clock and redis"),
    "database": msgid("Same database"),
    "database file": msgid("Database file"),
    "archive": msgid("Archive"),
    "gallery audit": msgid("Audit of the gallery"),
    "erasures": msgid("Erasures"),
}
_WORDS: Final = {
    Tone.BAD: msgid("Action needed"), Tone.WARN: msgid("Attention"), Tone.GOOD: msgid("OK"),
}  # fmt: skip


def state_lines(checks: Iterable[HealthCheck]) -> list[Line]:
    """One line a health check."""
    return [_line(check) for check in checks]


def lines_to_do(checks: Iterable[HealthCheck]) -> list[Line]:
    """Only the parts where something is to be done."""
    return [_line(check) for check in checks if _tone(check) is not Tone.GOOD]


def overall(checks: Iterable[HealthCheck]) -> tuple[Tone, str]:
    """All of it in one sentence."""
    listed = list(checks)
    failed = [check for check in listed if not check.ok]
    if failed:
        return Tone.BAD, said(
            "Attendance cannot be taken at the moment. The list says what to do."
        )
    if any(check.warning for check in listed):
        return Tone.WARN, said("Everything works; something needs attention.")
    return Tone.GOOD, said("Everything works.")


def _line(check: HealthCheck) -> Line:
    note = " ".join(_sentence(in_words(part)) for part in (check.detail, check.advice) if part)
    return Line(_title(check), note, _word(check), tone=_tone(check))


def _title(check: HealthCheck) -> str:
    known = TITLES.get(check.name)
    return said(known) if known else check.name.replace("_", " ").capitalize()


def _tone(check: HealthCheck) -> Tone:
    if not check.ok:
        return Tone.BAD
    return Tone.WARN if check.warning else Tone.GOOD


def _word(check: HealthCheck) -> str:
    return said(_WORDS[_tone(check)])


def _sentence(text: str) -> str:
    """``text`` with a capital and a full stop; the name of a pack stays as it is written."""
    first, _, rest = text.strip().partition(" ")
    begun = (
        f"{first.capitalize() if first.islower() and first.isalpha() else first} {rest}".strip()
    )
    return begun + ("" if begun.endswith((".", "!", "?")) else ".")
