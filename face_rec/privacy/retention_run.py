"""For how long pictures and templates are kept, what a run of the retention job removed, and where
runs are noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Periods:
    """Days after which pictures of marks, and templates of people without a mark, are
    removed; 0 keeps them."""

    snapshots: int = 0
    inactive: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run removed. ``problem`` says what it could not do, or is empty. ``kept`` and
    ``kept_bytes``: the enrolment photos that there are since then."""

    began_at: datetime
    ended_at: datetime
    pictures: int = 0
    people: int = 0
    templates: int = 0
    photos: int = 0
    problem: str = ""
    kept: int = 0
    kept_bytes: int = 0
    strangers: int = 0
    contacts: int = 0
    requests: int = 0
    left: int = 0
    """Entries about people who are gone."""

    @property
    def removed(self) -> dict[str, int]:
        """What the audit log is told; empty where nothing of it went."""
        counts = {
            "pictures": self.pictures, "people": self.people, "unknown": self.strangers,
            "guardians": self.contacts, "requests": self.requests, "left behind": self.left,
        }  # fmt: skip
        return counts if any(counts.values()) else {}


class RunLog(Protocol):
    """Where runs are noted, shared by all processes of the site; may raise
    StoreUnavailable."""

    def last(self) -> Run | None: ...

    def save(self, run: Run) -> None: ...

    def claim(self) -> bool:
        """True for one process at a time, until :meth:`release` or for an hour."""
        ...

    def release(self) -> None: ...
