"""Names without a store."""

from datetime import UTC, datetime

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Consent, Person

_AGREED = Consent("I agree.", "1", datetime(2025, 1, 1, tzinfo=UTC))


class FakeDirectory:
    """Implements Directory: everybody exists and is called like their subject, except those
    in ``gone``, and, while ``away``, those that nobody has asked for before."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.inactive: set[str] = set()
        self.called: dict[str, str] = {}
        self.away = False

    def name(self, subject: str) -> str:
        person = self.person(subject)
        return person.name if person else ""

    def latest(self, subject: str, within: float = 0.0) -> Person | None:
        if self.away:
            raise StoreUnavailable("The fake directory is away. Switch it on.")
        return self.person(subject)

    def person(self, subject: str) -> Person | None:
        if subject in self.gone or self.away:
            return None
        active = subject not in self.inactive
        name = self.called.get(subject, subject.title())
        return Person(subject, f"id-{subject}", name, active=active, consent=_AGREED)
