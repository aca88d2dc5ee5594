"""Which people, records and days a page or report is about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from face_rec.attendance.terms.status import Status
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence, sentence_many


@dataclass(frozen=True, slots=True)
class Filters:
    """``groups``: whose records; nobody's unless it is said. Empty means everything for the
    others. ``text`` is looked for in names and IDs."""

    groups: Groups = NO_GROUPS
    subjects: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    text: str = ""

    def takes(self, person: Person) -> bool:
        """Whether the person is asked for."""
        wanted = self.text.casefold()
        return (
            self.groups.holds(person.group)
            and (not self.subjects or person.subject in self.subjects)
            and (not wanted or wanted in f"{person.name}\n{person.id}".casefold())
        )

    def people(self, everybody: Iterable[Person]) -> list[Person]:
        """Those asked for, in the order given."""
        return [person for person in everybody if self.takes(person)]

    def describe(self) -> str:
        """In words, for the head of a report."""
        parts = []
        if not self.groups.every:
            parts.append(sentence("groups: {groups}", groups=self.groups.words()))
        if self.subjects:
            number = len(self.subjects)
            parts.append(sentence_many("{count} chosen person", "{count} chosen people", number))
        if self.statuses:
            statuses = listed(one.value for one in sorted(self.statuses))
            parts.append(sentence("statuses: {statuses}", statuses=statuses))
        if self.text:
            parts.append(sentence("name or ID contains “{text}”", text=self.text))
        return listed(parts, "; ") or msgid("everybody")


EVERYBODY: Final = Filters(ALL_GROUPS)

# --- days

Span = tuple[date, date]
"""Local days, both included."""
_ONE: Final = timedelta(days=1)


def _last_month(today: date) -> Span:
    end = today.replace(day=1) - _ONE
    return end.replace(day=1), end


def _last_week(today: date) -> Span:
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + 6 * _ONE


SPANS: Final[dict[str, Callable[[date], Span]]] = {
    msgid("Today"): lambda today: (today, today),
    msgid("Yesterday"): lambda today: (today - _ONE, today - _ONE),
    msgid("7 days"): lambda today: (today - 6 * _ONE, today),
    msgid("Last week"): _last_week,
    msgid("30 days"): lambda today: (today - 29 * _ONE, today),
    msgid("90 days"): lambda today: (today - 89 * _ONE, today),
    msgid("This month"): lambda today: (today.replace(day=1), today),
    msgid("Last month"): _last_month,
    msgid("12 months"): lambda today: (today - 364 * _ONE, today),
}
"""The usual periods by their names, which views and schedules keep, as seen from a day."""
