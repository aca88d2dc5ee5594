"""Who has agreed that their phone is asked where it is when they mark themselves by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from face_rec.access.subject_records import SubjectRecords
from face_rec.languages.language import msgid

CONSENT: Final = msgid(
    "I agree that this page asks my phone where it is when I press the button, and only then, and "
    "that the name of the place, my distance from it and the accuracy are kept with my mark. My "
    "coordinates are not kept. My face is compared with the one that is registered for me. I can "
    "withdraw this here at any time."
)


@dataclass(frozen=True, slots=True)
class MobileConsent:
    """``id``: the subject. ``text``: as it was shown, in ``language``."""

    id: str
    at: datetime | None = None
    text: str = ""
    language: str = ""
    version: int = 0


class MobileConsents(SubjectRecords[MobileConsent]):
    """Safe from any thread; all may raise StoreUnavailable."""

    def agreed(self, subject: str) -> bool:
        return self.of(subject).at is not None

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of the person, as plain values."""
        one = self.of(subject)
        if one.at is None:
            return []
        return [{"agreed_at": one.at.isoformat(), "text": one.text, "language": one.language}]

    def forget(self, subject: str) -> int:
        count = len(self.held(subject))
        self.remove(subject)
        return count
