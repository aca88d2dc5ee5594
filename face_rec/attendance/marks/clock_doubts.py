"""Marks whose time is in doubt because the clock was set after them: they are looked at, never
changed."""

from collections.abc import Sequence
from datetime import date, timedelta, tzinfo
from typing import Final, Protocol

from face_rec.clock import offset_if_twice
from face_rec.domain.clock_state import TOLD, ClockChange, apart
from face_rec.domain.marks import Event
from face_rec.languages.sentence import sentence


class ClockChanges:
    """Those of a site, oldest first."""

    def __init__(self, found: Sequence[ClockChange] = ()) -> None:
        self.found = tuple(sorted(found, key=lambda one: one.noticed))

    def days(self) -> set[date]:
        """The UTC days, as the wrong clock told them, on which marks may be in doubt."""
        found: set[date] = set()
        for one in self.found:
            last = one.noticed + timedelta(seconds=one.ahead)
            first = last - timedelta(seconds=max(0.0, one.until - one.since))
            length = (last.date() - first.date()).days
            found |= {first.date() + timedelta(days=n) for n in range(length + 2)}
        return found

    def of(self, event: Event) -> ClockChange | None:
        """The one before which ``event`` was marked by a clock that was wrong. What came late
        has its time from elsewhere."""
        stamp = event.clock
        if stamp is None or event.source.late:
            return None
        return next((one for one in self.found if one.covers(stamp)), None)

    def doubt(self, event: Event, zone: tzinfo) -> str:
        """Why somebody should look at the event's time, and what it may have been; "" where no
        change speaks against it."""
        change = self.of(event)
        if change is None or abs(change.ahead) < TOLD:
            return ""
        rather = (event.at - timedelta(seconds=change.ahead)).astimezone(zone)
        when = f"{rather:%Y-%m-%d %H:%M}{offset_if_twice(rather)}"
        if change.sure:
            return sentence(
                "marked while the clock was wrong, by about {off} when it was set: rather "
                "at {time}",
                off=apart(change.ahead),
                time=when,
            )
        return sentence(
            "marked while the clock was wrong, by about {off} when it was set, it seems: rather "
            "at {time}",
            off=apart(change.ahead),
            time=when,
        )


NO_CHANGES: Final = ClockChanges()


class ClockChangesReader(Protocol):
    """May raise StoreUnavailable."""

    def all(self) -> ClockChanges: ...


class NoClockChanges:
    """Where none is kept."""

    def all(self) -> ClockChanges:
        return NO_CHANGES
