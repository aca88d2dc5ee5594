"""The mail by which a host is told that their visitor is here."""

from typing import Final

from face_rec.domain.people import Person
from face_rec.notices.running.texts import Voice, clock_time
from face_rec.visitors.visit_records import VisitRecords

LETTER: Final = "visitor"
"""What the letter is for."""


class VisitorLetters:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, records: VisitRecords) -> None:
        self._records = records

    def write(self, what: str, person: Person, voice: Voice) -> tuple[str, str] | None:
        """Made at each try of what stands in the record then, so that nothing on its way holds a
        name; None where the visitor was erased or has left meanwhile."""
        one, words = self._records.visits.get(what), voice.words
        if one is None or one.host != person.subject or not one.came_at or one.left_at:
            return None
        guest = self._records.guest(one)
        lines = [
            words.gettext("Hello {name},", name=person.name),
            words.gettext(
                "{visitor} is here for you, since {time}.",
                visitor=", ".join(part for part in (guest.name, guest.company) if part),
                time=clock_time(one.came_at, voice),
            ),
        ]
        if guest.purpose:
            lines.append(words.gettext("Purpose: {purpose}", purpose=guest.purpose))
        return words.gettext("{site}: your visitor is here", site=voice.site), "\n".join(lines)
