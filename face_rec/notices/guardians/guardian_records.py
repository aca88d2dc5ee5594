"""Where guardians rest: a record for each person, each address in it sealed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from face_rec.access.storage import Records
from face_rec.access.subject_records import SubjectRecords
from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.notices.guardians.guardian import Guardian, Guardians
from face_rec.protocols.sealing import Sealer, open_text, seal_text


class GuardianRecords(SubjectRecords[Guardians]):
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, records: Records[Guardians], sealer: Sealer) -> None:
        super().__init__(records, Guardians)
        self._sealer = sealer

    def find(self, guardian_id: str) -> tuple[str, Guardian] | None:
        """Subject and guardian, by the latter's own id; looks at all."""
        for one in self.all():
            found = one.get(guardian_id)
            if found is not None:
                return one.id, found
        return None

    def sealed(self, guardian_id: str, address: str) -> str:
        return seal_text(self._sealer, address, _context(guardian_id))

    def address(self, one: Guardian) -> str:
        """For whoever writes to it. Raises StoreError where its key is missing."""
        return open_text(self._sealer, one.sealed, _context(one.id))

    # --- privacy

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of the person's guardians, as plain values."""
        return [
            {
                "address": self.address(one),
                "state": one.state.value,
                "told_of": [w for w, told in (("in", one.inwards), ("out", one.outwards)) if told],
                "language": one.language,
                "asked_at": one.asked_at.isoformat(),
                "agreed_at": one.agreed_at.isoformat() if one.agreed_at else None,
                "agreed_to": one.text,
                "text_version": one.text_version,
                "stopped_at": one.stopped_at.isoformat() if one.stopped_at else None,
            }
            for one in self.of(subject).guardians
        ]

    def newest(self) -> dict[str, datetime]:
        """By subject, when the newest guardian was entered or has agreed."""
        return {
            one.id: max(g.agreed_at or g.asked_at for g in one.guardians)
            for one in self.all()
            if one.guardians
        }

    def forget(self, subject: str) -> int:
        count = len(self.of(subject).guardians)
        self.remove(subject)
        return count

    def reseal(self) -> int:
        """Seal every address with the key of now; how many. Raises StoreError."""
        return sum(self._resealed(one.id) for one in self.all())

    def _resealed(self, subject: str) -> int:
        after = self.change(
            subject,
            lambda found: replace(
                found,
                guardians=tuple(
                    replace(one, sealed=self.sealed(one.id, self.address(one)))
                    for one in found.guardians
                ),
            ),
        )
        return len(after.guardians)

    def there(self, subject: str, guardian_id: str) -> Guardian:
        """Raises NoticeRefused where somebody has removed it."""
        found = self.of(subject).get(guardian_id)
        if found is None:
            raise NoticeRefused(msgid("Somebody has removed this address. Reload the page."))
        return found


def _context(guardian_id: str) -> str:
    return f"guardian:{guardian_id}"
