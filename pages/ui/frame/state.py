"""How the parts of the system stand, in words for people."""

from collections.abc import Iterable

from face_rec.domain.health import HealthCheck
from pages.ui.shared.widgets import Line, Tone

TITLES = {
    "redis": "Database",
    "redis data": "Stored data",
    "models": "Recognition model",
    "gallery": "Known faces",
    "accuracy": "Accuracy",
    "journal": "Waiting marks",
    "snapshots": "Pictures",
    "speed": "Speed",
    "load": "Load",
    "disk": "Disk",
    "background": "Work in the background",
    "chain": "Protection against changes",
}


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
        return Tone.BAD, "Attendance cannot be taken at the moment. The list says what to do."
    if any(check.warning for check in listed):
        return Tone.WARN, "Everything works; something needs attention."
    return Tone.GOOD, "Everything works."


def _line(check: HealthCheck) -> Line:
    note = " ".join(_sentence(part) for part in (check.detail, check.advice) if part)
    return Line(_title(check), note, _word(check), tone=_tone(check))


def _title(check: HealthCheck) -> str:
    return TITLES.get(check.name, check.name.replace("_", " ").capitalize())


def _tone(check: HealthCheck) -> Tone:
    if not check.ok:
        return Tone.BAD
    return Tone.WARN if check.warning else Tone.GOOD


def _word(check: HealthCheck) -> str:
    return {Tone.BAD: "Action needed", Tone.WARN: "Attention", Tone.GOOD: "OK"}[_tone(check)]


def _sentence(text: str) -> str:
    """``text`` with a capital and a full stop; the name of a pack stays as it is written."""
    first, _, rest = text.strip().partition(" ")
    begun = (
        f"{first.capitalize() if first.islower() and first.isalpha() else first} {rest}".strip()
    )
    return begun + ("" if begun.endswith((".", "!", "?")) else ".")
