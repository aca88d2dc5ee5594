"""Who has gone since something was made of people: what was made then is theirs no more to read.

A page that is open holds what it was drawn from until it is drawn again, and a file of it can be
taken all that time; one that took long to make waits for whoever wanted it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from face_rec.domain.errors import PeopleError
from face_rec.domain.groups import Groups
from face_rec.domain.people import Change, ChangeKind
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader


@dataclass(frozen=True, slots=True)
class Departures:
    """Safe from any thread; all may raise StoreUnavailable."""

    people: PeopleReader

    def now(self) -> int:
        """The moment to ask from, which comes before anything is read of people."""
        return self.people.revision()

    def since(self, moment: int, groups: Groups) -> bool:
        """Whether somebody was erased since, or has left ``groups`` for one that is not among
        them; also where nobody can tell any more."""
        while (found := self.people.changes(moment)) != []:
            if found is None or self._gone(found, groups):
                return True
            moment = found[-1].revision
        return False

    def check(self, moment: int, groups: Groups) -> None:
        """Raises PeopleError where :meth:`since` says so."""
        if self.since(moment, groups):
            raise PeopleError(
                msgid(
                    "Somebody was erased, or has left these groups, while this file was made. "
                    "So there is none: make it again."
                )
            )

    def _gone(self, changes: Sequence[Change], groups: Groups) -> bool:
        if any(one.kind is ChangeKind.REMOVE for one in changes):
            return True
        if groups.every:
            return False
        now = self.people.many(sorted({one.subject for one in changes})).values()
        return any(
            not groups.holds(person.group) and any(groups.holds(was.group) for was in person.moved)
            for person in now
        )
