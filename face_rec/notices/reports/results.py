"""What became of a report that went out, by reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from face_rec.notices.reports.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Result:
    """The latest of a schedule and a reader. ``day``: on which it was due. ``problem``: why it
    did not go out; "" where it did. ``again``: when it is tried once more."""

    at: datetime
    day: date
    problem: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A schedule as it stands. ``next_at``: local; None while it is paused, or never. ``results``
    by reader. ``mine``: whether whoever asks may change it; they may always take themselves
    off."""

    schedule: Schedule
    next_at: datetime | None
    results: Mapping[str, Result]
    mine: bool


class Results(Protocol):
    """Where they rest; they may be lost. All may raise StoreUnavailable."""

    def put(self, schedule: str, reader: str, result: Result) -> None: ...

    def of(self, schedule: str) -> Mapping[str, Result]:
        """By reader."""
        ...

    def forget(self, schedule: str, readers: Iterable[str]) -> None: ...
