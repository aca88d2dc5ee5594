"""What people were told, and whether what is there in the end fits it."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from face_rec.domain.marks import Event, is_mark
from tests.chaos.kiosk import COOLDOWN, REFUSED, Pass

_CONFIRMED = {"marked", "saved_here", "repeated"}


@dataclass(slots=True)
class History:
    """Every pass that was begun, and what was said of it; written to by many threads."""

    passes: dict[str, Pass] = field(default_factory=dict)
    told: dict[str, str | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, one: Pass) -> None:
        with self._lock:
            self.passes[one.id] = one

    def end(self, one: Pass, told: str | None) -> None:
        """``told`` is None where nobody was told anything: it may be there or not."""
        with self._lock:
            self.told[one.id] = told

    def confirmed(self) -> dict[str, Pass]:
        with self._lock:
            return {i: self.passes[i] for i, told in self.told.items() if told in _CONFIRMED}

    def refused(self) -> set[str]:
        """Of whom was said that they were not marked."""
        with self._lock:
            return {i for i, told in self.told.items() if told == REFUSED}

    def flaws(self, events: Sequence[Event], repeated: set[str]) -> list[str]:
        """What does not fit, in words. ``events``: all that is there, in order of arrival;
        ``repeated``: of which the audit log says that another mark stands instead."""
        return [
            *self._invented(events),
            *self._lost(events, repeated),
            *_too_close(events),
        ]

    def _invented(self, events: Sequence[Event]) -> Iterator[str]:
        seen: set[str] = set()
        refused = self.refused()
        for event in events:
            if event.id in seen:
                yield f"twice: {event.id}"
            seen.add(event.id)
            asked = self.passes.get(event.id)
            if asked is None:
                yield f"nobody made it: {event.id}"
            elif event != asked.event():
                yield f"not as it was made: {event.id}"
            elif event.id in refused:
                yield f"there, and was refused: {event.id}"

    def _lost(self, events: Sequence[Event], repeated: set[str]) -> Iterator[str]:
        there = {event.id for event in events}
        near: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            near[event.subject].append(event)
        for name, asked in self.confirmed().items():
            if name in there:
                continue
            at = asked.event().at
            stands = any(abs(e.at - at) < _COOLDOWN for e in near[asked.subject])
            if not stands:
                yield f"lost: {name}"
            elif name not in repeated:
                yield f"joined to another mark, and nobody says so: {name}"


_COOLDOWN = timedelta(seconds=COOLDOWN)


def _too_close(events: Sequence[Event]) -> Iterator[str]:
    of_people: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if is_mark(event.kind):
            of_people[event.subject].append(event)
    for marks in of_people.values():
        ordered = sorted(marks, key=lambda e: e.at)
        for one, other in pairwise(ordered):
            if other.at - one.at < _COOLDOWN:
                yield f"within the cooldown: {one.id} and {other.id}"
