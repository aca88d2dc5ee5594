"""What was restored from a backup, held against the system that runs, as that was when the backup
was made: whatever came later is counted, whatever differs is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from face_rec.attendance.cached_stores import Stores, days_between
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence, sentence_many
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.left.archived_attendance import ArchivedAttendance
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people.people_reader import RedisPeopleReader
from face_rec.stores.redis.client import Client
from face_rec.stores.verify.chain_days import ChainDays

DAYS: Final = timedelta(days=31)
"""Whose records are recomputed: those before the day of the backup, which are over."""
_NAMED: Final = 5  # people and days that are told by name

_CAME: Final = sentence_many("{count} event came", "{count} events came", 1)
_REGISTERED: Final = sentence_many("{count} person registered", "{count} people registered", 1)
_PERSON_CHANGED: Final = sentence_many("{count} person changed", "{count} people changed", 1)
_REMOVED: Final = sentence_many("{count} person removed", "{count} people removed", 1)
_NOT_IN_IT: Final = sentence_many(
    "{count} person registered before the backup and not in it: {named}",
    "{count} people registered before the backup and not in it: {named}",
    1, named="",
)  # fmt: skip
_OTHERWISE: Final = sentence_many(
    "{count} person otherwise in the backup, and not changed since: {named}",
    "{count} people otherwise in the backup, and not changed since: {named}",
    1, named="",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One database of the site, for reading."""

    client: Client
    days: ChainDays
    people: RedisPeopleReader
    rules: RedisRules
    left: LeftDays


@dataclass(slots=True)
class Compared:
    """``wrong``: what differs, in words; ``since``: what happened after the backup. The numbers
    are those of the backup."""

    events: int = 0
    people: int = 0
    records: int = 0
    wrong: list[str] = field(default_factory=list)
    since: list[str] = field(default_factory=list)


class Comparison:
    """Once. All of it may raise StoreUnavailable."""

    def __init__(
        self, restored: Side, running: Side, made_at: datetime, zone: ZoneInfo, clock: Clock
    ) -> None:
        self._restored = restored
        self._running = running
        self._made_at = made_at
        self._zone = zone
        self._clock = clock
        self._found = Compared()

    def run(self) -> Compared:
        """Marks, people, rules, and what the days come to by them."""
        lengths = self._marks()
        same = self._people()
        alike = self._rules()
        self._records(lengths, same, alike)
        return self._found

    def _marks(self) -> Mapping[date, int]:
        """How long the day's lists are in the backup."""
        lengths: dict[date, int] = {}
        came = 0
        for day in sorted(self._restored.days.days() | self._running.days.days()):
            kept = self._restored.days.read(day).entries
            there = self._running.days.read(day).entries
            lengths[day] = len(kept)
            came += max(0, len(there) - len(kept))
            self._day(day, kept, there)
        self._found.events = sum(lengths.values())
        self._since(_CAME, came)
        return lengths

    def _day(self, day: date, kept: Sequence[bytes], there: Sequence[bytes]) -> None:
        if len(there) < len(kept):
            self._found.wrong.append(
                sentence_many(
                    "{day}: {count} event of the backup missing from the running system.",
                    "{day}: {count} events of the backup missing from the running system.",
                    len(kept) - len(there),
                    day=str(day),
                )
            )
        pairs = enumerate(zip(kept, there, strict=False), 1)
        other = next((place for place, (one, two) in pairs if one != two), None)
        if other is not None:
            self._found.wrong.append(
                sentence(
                    "{day}: entry {entry} is not the one in the backup.",
                    day=str(day),
                    entry=other,
                )
            )

    def _people(self) -> set[str]:
        """Those who are the same in both."""
        kept = {person.subject: person for person in self._restored.people.all()}
        there = {person.subject: person for person in self._running.people.all()}
        self._found.people = len(kept)
        new = [person for subject, person in there.items() if subject not in kept]
        both = [(kept[subject], there[subject]) for subject in kept.keys() & there.keys()]
        self._tell(_NOT_IN_IT, _before(new, self._made_at))
        self._tell(
            _OTHERWISE, [now for was, now in both if now != was and now.version <= was.version]
        )
        self._since(_REGISTERED, sum(1 for p in new if not _old(p, self._made_at)))
        self._since(_PERSON_CHANGED, sum(1 for was, now in both if now.version > was.version))
        self._since(_REMOVED, len(kept.keys() - there.keys()))
        return {was.subject for was, now in both if now == was}

    def _tell(self, what: Sentence, people: Sequence[Person]) -> None:
        if people:
            named = ", ".join(sorted(person.id for person in people)[:_NAMED])
            more = " ..." if len(people) > _NAMED else ""
            self._found.wrong.append(
                sentence_many(what.template, what.many, len(people), named=named + more)
            )

    def _rules(self) -> bool:
        """Whether both judge by the same rules."""
        kept, there = self._restored.rules.load(), self._running.rules.load()
        if _text(kept) == _text(there):
            return True
        if there.version > kept.version:
            self._found.since.append(
                msgid("rules changed: days are held together by the older ones")
            )
        else:
            self._found.wrong.append(
                msgid("The rules differ, and were not changed since the backup.")
            )
        return False

    def _records(self, lengths: Mapping[date, int], same: set[str], alike: bool) -> None:
        running, restored = self._running, self._restored
        marks = _MarksAsOf(lengths, running.left, running.client, running.days.site)
        rules = running.rules if alike else restored.rules
        theirs = ArchivedAttendance(restored.left, restored.client, restored.days.site)
        kept = self._days_of(Stores(theirs, restored.people, restored.rules), same)
        there = self._days_of(Stores(marks, running.people, rules), same)
        differ = []
        for one, two in zip(kept, there, strict=True):
            self._found.records += 1
            if one != two:
                differ.append(f"{one.day} of {one.person.id} ({one.status}, {two.status})")
        if differ:
            named = ", ".join(differ[:_NAMED]) + (" ..." if len(differ) > _NAMED else "")
            self._found.wrong.append(
                sentence_many(
                    "{count} day record came out otherwise: {named}",
                    "{count} day records came out otherwise: {named}",
                    len(differ),
                    named=named,
                )
            )

    def _days_of(self, stores: Stores, same: set[str]) -> Iterator[DayRecord]:
        """A day at a time, so that a large site fits into memory."""
        sheets = Timesheets(stores, self._clock, self._zone)
        last = self._made_at.astimezone(self._zone).date() - timedelta(days=1)
        for day in days_between(last - DAYS + timedelta(days=1), last):
            found = [one for one in sheets.day(day) if one.person.subject in same]
            yield from sorted(found, key=lambda one: one.person.subject)

    def _since(self, what: Sentence, count: int) -> None:
        if count:
            self._found.since.append(sentence_many(what.template, what.many, count))


class _MarksAsOf(ArchivedAttendance):
    """Lists no longer than they were: what was appended later is not there."""

    def __init__(self, then: Mapping[date, int], *where: Any) -> None:  # noqa: ANN401
        super().__init__(*where)
        self._then = then

    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        found = zip(utc_days, super().lengths(utc_days), strict=True)
        return [min(length, self._then.get(day, 0)) for day, length in found]


def _old(person: Person, moment: datetime) -> bool:
    return person.created_at is not None and person.created_at < moment


def _before(people: Sequence[Person], moment: datetime) -> list[Person]:
    return [person for person in people if _old(person, moment)]


def _text(rules: Rules) -> str:
    return repr(rules)
