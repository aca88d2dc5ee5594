"""What people write in the office, what they are told, and whether that is what is there."""

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.chaos.office import DONE, REFUSED

GONE: Final = None
"""The value of a record that was removed."""
TAKEN: Final = "taken"
_FINAL: Final = {GONE, TAKEN}
"""After these nobody writes a record again: what is erased or taken away stays so."""
_OURS: Final = ("person.", "account.", "token.", "setting.changed", "attendance.corrected")
_ONCE: Final = "attendance.corrected"
_ERASED: Final = "(erased)"
_SHARES: Final = {
    "register": 26, "rename": 16, "erase": 8, "rule": 20, "change_rule": 8, "drop_rule": 6,
    "correct": 15, "account": 2, "take_account": 2, "token": 4, "revoke": 3,
    "announce": 10, "change_visit": 8, "erase_visit": 4, "send_photos": 4, "refuse_photos": 2,
}  # fmt: skip
"""How often each is done; a password's digest costs its time."""

_NEW: Final = {
    "register": ("person", ""),
    "rule": ("rule", ""),
    "account": ("account", "active"),
    "token": ("token", "good"),
    "announce": ("visit", ""),
    "send_photos": ("photos", ""),
}
"""By what is done, the kind of record that it makes, and its value if it is always the same."""
_CHANGES: Final[dict[str, tuple[str, Callable[[str], str | None], bool]]] = {
    "rename": ("person", lambda value: value, True),
    "correct": ("person", lambda value: value, True),
    "erase": ("person", lambda _: GONE, True),
    "change_rule": ("rule", lambda value: value, False),
    "drop_rule": ("rule", lambda _: GONE, False),
    "take_account": ("account", lambda _: TAKEN, False),
    "revoke": ("token", lambda _: GONE, True),
    "change_visit": ("visit", lambda value: value, False),
    "erase_visit": ("visit", lambda _: GONE, False),
    "refuse_photos": ("photos", lambda _: GONE, False),
}
"""Of what kind a record has to be there, what it becomes, and whether the office is told what it
calls that record."""


@dataclass(slots=True)
class Written:
    """One record, and the values that were asked for, in order, with what was said of each."""

    kind: str
    name: str
    found: str = ""
    """What it is called in the office; "" while nobody was told."""
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def may_be(self) -> set[str | None]:
        """What may be there: what was last confirmed, or what was asked for since and of which
        nobody knows."""
        allowed: set[str | None] = {GONE}
        for value, said in self.asked:
            if said == DONE:
                allowed = {value}
            elif said != REFUSED:
                allowed.add(value)
        return allowed


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody in the office is about to do with ``record``, which becomes ``value``."""

    do: str
    record: Written
    value: str | None
    more: tuple[str, ...] = ()

    def asked(self) -> dict[str, Any]:
        return {"do": self.do, "with": [self.record.name, self.value or "", *self.more]}


class Writes:
    """All records, by kind and name. One thread writes, others look."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Written] = {}
        self._noted: Counter[str] = Counter()  # entries that the audit log was heard to take
        self._about: dict[str, str] = {}
        self._count = self._answers = 0
        self._lock = threading.Lock()

    # --- what is done

    def next(self, dice: random.Random) -> Wish:
        """Something that can be done."""
        while True:
            (do,) = dice.choices([*_SHARES], [*_SHARES.values()])
            if (wish := self._wish(do, dice)) is not None:
                return wish

    def _wish(self, do: str, dice: random.Random) -> Wish | None:
        self._count += 1  # of wishes, also of those that cannot be
        value = f"v{self._count}"
        if do in _NEW:
            kind, starts = _NEW[do]
            return Wish(do, self._new(kind), starts or value)
        kind, becomes, named = _CHANGES[do]
        one = self._one(kind, dice)
        if one is None:
            return None
        record = self._new("correction") if do == "correct" else one
        called = "rule" if do == "change_rule" else do
        return Wish(called, record, becomes(value), (one.found,) if named else ())

    def _new(self, kind: str) -> Written:
        return Written(kind, f"{kind[0]}{self._count}")

    def _one(self, kind: str, dice: random.Random) -> Written | None:
        """One that is known to be there"""
        known = [
            one
            for (of, _), one in self.records.items()
            if of == kind and one.found and not {value for value, _ in one.asked} & _FINAL
        ]
        return dice.choice(known[-40:]) if known else None

    def begin(self, wish: Wish) -> None:
        with self._lock:
            self.records[wish.record.kind, wish.record.name] = wish.record
            wish.record.asked.append((wish.value, None))

    def end(self, wish: Wish, told: Mapping[str, Any] | None) -> None:
        """``told`` is None where nobody was told anything."""
        with self._lock:
            if told is None:
                return
            self._answers += 1
            wish.record.asked[-1] = (wish.value, told["said"])
            if told["said"] == DONE:
                wish.record.found = told["found"]
            for key, about in told["audit"]:
                if not key.startswith(_OURS):  # of what the app did by itself
                    continue
                # A correction that was cut off is handed on by another thread, which may be heard
                # beside it; the log takes it once.
                self._noted[key] = 1 if key.startswith(_ONCE) else self._noted[key] + 1
                self._about[key] = about

    def answers(self) -> int:
        """How often somebody was told anything."""
        return self._answers

    def confirmed(self) -> int:
        """How many writes somebody was told are done."""
        with self._lock:
            return sum(said == DONE for one in self.records.values() for _, said in one.asked)

    # --- what is there

    def flaws(
        self, state: Mapping[str, Sequence[Sequence[str]]], corrections: Iterable[tuple[str, str]]
    ) -> list[str]:
        """What does not fit, in words. ``state``: see the office; ``corrections``: by id, with
        the reason, those that are in the days."""
        there = {kind: found for kind, found in state.items() if kind != "audit"}
        there["correction"] = [list(one) for one in corrections]
        with self._lock:
            return [*self._records(there), *self._entries(state["audit"])]

    def _records(self, there: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[str]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, lines in there.items():
            for name, value in lines:
                found[kind, name].append(value)
        for (kind, name), values in found.items():
            if (kind, name) not in self.records:
                yield f"nobody made it: {kind} {name}"
            if len(values) > 1:
                yield f"twice: {kind} {name}"
        for place, one in self.records.items():
            if flaw := _flaw(one, next(iter(found.get(place, ())), GONE)):
                yield f"{flaw}: {one.kind} {one.name}"

    def _entries(self, audit: Sequence[Sequence[str]]) -> Iterator[str]:
        """Of the log; an entry of a write of which nobody was told may be there or not. One that
        tells of somebody must be there, and readable unless they may be erased."""
        found = Counter(key for key, action in audit if action.startswith(_OURS))
        sealed = Counter(action for key, action in audit if _ERASED in key)
        people = [one for (kind, _), one in self.records.items() if kind == "person"]
        here = {one.found for one in people if GONE not in one.may_be()}
        for key, count in found.items():
            alike = _ERASED in key and not key.startswith("person.deleted")
            if count > max(1, self._noted[key]) and not alike:
                yield f"twice in the audit log: {key}"
        for key, count in self._noted.items():
            gone, action, about = count - found[key], key.split()[0], self._about[key]
            unreadable = bool(about) and about not in here
            if gone > 0 and unreadable:
                sealed[action] -= gone
            if gone > 0 and (not unreadable or sealed[action] < 0):
                yield f"lost from the audit log: {key}"


def _flaw(one: Written, value: str | None) -> str:
    """What is wrong with a record that is ``value`` now, or ""."""
    if value in one.may_be():
        return ""
    if value is GONE:
        return "lost"
    if one.asked[-1][0] in _FINAL:
        return "came back"
    return f"not as it was written ({value})"
