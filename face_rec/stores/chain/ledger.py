"""A linked list that says what some records are: people, rules, the audit log.

Each entry names the records that one write changed, with a digest of what each has become, or
none where it is gone. It is appended in the same atomic step as the write. So a record that was
changed, added or removed by another program no longer fits its last entry. Digests are keyed or
salted: what is erased cannot be read or guessed from them.
"""

import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, StoreUnavailable
from face_rec.stores.chain.links import Chain, DayHeads, Links, parsed, told_head
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.stored_json import compact, time_to_text

log = logging.getLogger(__name__)

T = TypeVar("T")
States = Mapping[str, str | None]
"""Digests by the records' names; None for a record that is gone."""

PEOPLE: Final = "people"
RULES: Final = "rules"
AUDIT: Final = "audit"
ADMINISTRATION: Final = "administration"
STREAMS: Final = (PEOPLE, RULES, AUDIT, ADMINISTRATION)
"""The lists there are beside the marks."""

COMPLETE: Final = "complete"
"""In an entry: from here on every record there is has an entry of its own."""
UNPROVED: Final = "unproved"
"""In an entry: before this write a record was not what its last entry said."""

_LINKED: Final = Script("linked")
_AT_ONCE: Final = 500  # records an entry, entries a round trip
_MOVED: Final = b"moved"


@dataclass(frozen=True, slots=True)
class Streams:
    """The chain of a site, and which of its streams were written: shared by all who write."""

    client: Client
    chain: Chain
    clock: Clock
    heads: DayHeads = field(default_factory=DayHeads)

    def ledger(self, name: str) -> "Ledger":
        return Ledger(name, self)


@dataclass(frozen=True, slots=True)
class Command:
    """One write: ``words`` are the command's name and what follows its key."""

    key: str
    words: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """The writes are done only while ``field`` of the hash ``key`` has ``value``."""

    key: str
    field: str
    value: str | bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry as it is read."""

    states: States
    at: str
    flags: frozenset[str]


class Ledger:
    """The list ``name`` of a site. Safe to call from several threads and processes."""

    def __init__(self, name: str, streams: "Streams") -> None:
        self.name = name
        self.chain = streams.chain
        self.list_key = keys.chain(streams.chain.site, name)
        self.head_key = keys.chain_head(streams.chain.site, name)
        self._client = streams.client
        self._heads = streams.heads
        self._clock = streams.clock

    def write(
        self,
        states: States,
        commands: Sequence[Command] = (),
        guard: Guard | None = None,
        *flags: str,
    ) -> None:
        """Do ``commands`` and append what ``states`` says, in one step, or nothing.

        Raises Conflict where ``guard`` refuses, StoreUnavailable when Redis goes away.
        """  # fmt: skip
        written = list(
            dict.fromkeys([*([guard.key] if guard else []), *(c.key for c in commands)])
        )
        words = [*_guarded(guard, written), *_words(commands, written)]
        with redis_errors():
            answer = self.linked(
                self.entry(states, *flags),
                lambda link: _LINKED.run(
                    self._client, [self.list_key, self.head_key, *written], [*link, *words]
                ),
            )
        if answer[0] == b"changed":
            raise Conflict("Somebody else changed this in the meantime. Load it again.")

    def entry(self, states: States, *flags: str) -> bytes:
        """What is to be linked: ``states`` as JSON."""
        at = time_to_text(self._clock.now())
        marks = dict.fromkeys(flags, True)
        return compact({"id": secrets.token_hex(8), "at": at, "set": states, **marks})

    def linked(self, entry: bytes, run: Callable[[list[Argument]], Any]) -> Any:  # noqa: ANN401
        """``run`` a script until nobody else is faster; what it answered in the end.

        It gets the linked entry, the head that makes, and length and head that it stands on,
        and answers what ``head_moved`` of chain_head.lua returns where these are not the newest.
        """
        links = Links(self.chain, self._heads, self.name, entry)
        with self._heads.turn():
            for linked, before, after in links.tries():
                answer = run([linked, after.value, before.length, before.value])
                if answer[0] == _MOVED:
                    links.moved(told_head(answer))
                    continue
                if answer[0] in {b"done", b"ok"}:
                    links.made(after)
                return answer
        raise StoreUnavailable("Too many write at the same moment. Try again.")

    def statements(self) -> Iterator[Statement]:
        """Every entry that can be read, in order; whether it is genuine is not asked here."""
        start = 0
        while True:
            with redis_errors():
                found: Any = self._client.lrange(self.list_key, start, start + _AT_ONCE - 1)
            yield from (s for raw in found if (s := statement_of(raw)) is not None)
            if len(found) < _AT_ONCE:
                return
            start += _AT_ONCE

    def complete(self) -> bool:
        """Whether every record has been entered, after an update from an older version."""
        return any(COMPLETE in statement.flags for statement in self.statements())

    def begin(self, states: States, guard: Guard | None = None) -> None:
        """Enter all records as they are: once, when the chain begins to speak of them.

        Raises Conflict where ``guard`` refuses: then read them again.
        """
        items = list(states.items())
        for start in range(0, len(items), _AT_ONCE):
            self.write(dict(items[start : start + _AT_ONCE]), (), guard)
        self.write({}, (), guard, COMPLETE)
        log.warning("chain_begins stream=%s accepted=%d", self.name, len(items))


def statement_of(raw: bytes) -> Statement | None:
    """An entry's content; None for what is none of ours."""
    linked = parsed(raw)
    try:
        record: Any = json.loads(linked.event) if linked else None
        states = {str(name): digest for name, digest in record["set"].items()}
        flags = frozenset(flag for flag in (COMPLETE, UNPROVED) if record.get(flag))
        return Statement(states, str(record["at"]), flags)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _guarded(guard: Guard | None, written: Sequence[str]) -> list[Argument]:
    if guard is None:
        return [0, "", ""]
    return [_place(guard.key, written), guard.field, guard.value]


def _words(commands: Sequence[Command], written: Sequence[str]) -> list[Argument]:
    found: list[Argument] = []
    for command in commands:
        name, *others = command.words
        found += [len(command.words) + 1, name, _place(command.key, written), *others]
    return found


def _place(key: str, written: Sequence[str]) -> int:
    return written.index(key) + 3
