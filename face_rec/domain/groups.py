"""Whose people somebody may see or change: those of all groups, of some, or of none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.languages.language import msgid


@dataclass(frozen=True, slots=True)
class Groups:
    """Said outright, so that what was forgotten or lost opens nothing: a bare ``Groups()`` is
    nobody's people. ``every``: all groups there are and will be; else only the ``named``,
    where "" stands for people without a group.
    """

    named: frozenset[str] = frozenset()
    every: bool = False

    def holds(self, group: str | None) -> bool:
        """Whether people of ``group`` are among them; None: somebody who is registered no more,
        whose group nobody can tell, and who is shown to those of all groups only."""
        return self.every or group in self.named

    def narrowed(self, wanted: Iterable[str]) -> "Groups":
        """Of these the ``wanted`` ones; where none is wanted, all of these."""
        chosen = frozenset(wanted)
        if not chosen:
            return self
        return Groups(chosen if self.every else chosen & self.named)

    def within(self, others: "Groups") -> "Groups":
        """Those that are in both."""
        if self.every or others.every:
            return others if self.every else self
        return Groups(self.named & others.named)

    def words(self) -> str:
        """For people, the audit log and the head of a report."""
        if self.every:
            return msgid("all groups")
        return ", ".join(sorted(name or "(none)" for name in self.named)) or msgid("no group")


ALL_GROUPS: Final = Groups(every=True)
NO_GROUPS: Final = Groups()


def only(*names: str) -> Groups:
    """These groups and no other."""
    return Groups(frozenset(names))
