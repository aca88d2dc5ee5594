"""What the newest entries of a linked list say, for whoever offers writes again behind them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.ledger import ADMINISTRATION, PEOPLE, Ledger
from face_rec.stores.chain.linked_hashes import NEVER_AGAIN, kind_of
from face_rec.stores.chain.links import Head
from face_rec.stores.chain.statements import (
    BROUGHT_BACK,
    CLOCKS,
    FOUND,
    Statement,
    said,
    statements_of,
    without,
)
from face_rec.stores.redis.client import Client, redis_errors

_AT_ONCE: Final = 500  # entries a round trip


class _Entry(NamedTuple):
    id: str
    at: float  # when it was made, seconds since 1970
    brought_back: bool


class NewestEntries:
    """What the newest entries of a list say, from somewhat before ``since`` on (seconds since
    1970; None: from now on). ``own``: in which order this machine made its writes."""

    def __init__(
        self, client: Client, ledger: Ledger, since: float | None, own: Mapping[str, int]
    ) -> None:
        self.ledger = ledger
        self.ids: set[str] = set()
        self.gone: set[str] = set()
        """Names of records that some entry says were removed, for good."""
        self.head = Head()
        self._own = own
        self._of: defaultdict[str, list[_Entry]] = defaultdict(list)
        """Of each record the entries that speak of it."""
        self._client = client
        self._last = b""  # the last entry that was read: what was linked before it is the same
        with redis_errors():
            self._begun = self._next = self._begin(since)

    @redis_errors()
    def read(self) -> bool:
        """Go on to the end of the list, whose head is known then; whether there was anything
        new. Where the list is another one by now, for another server answers, all of it is
        read."""
        begun, length = self._next, -1
        while length < 0 or self._next < length:
            pipeline: Any = self._client.pipeline(transaction=True)
            known = [self._last] if self._last else []
            first = self._next - len(known)
            pipeline.lrange(self.ledger.list_key, first, first + _AT_ONCE - 1)
            pipeline.llen(self.ledger.list_key)
            pipeline.get(self.ledger.head_key)
            pipeline.lindex(self.ledger.list_key, -1)
            found, length, value, last = pipeline.execute()
            if found[: len(known)] != known:
                begun, length = -1, -1
                self._read_anew()
                continue
            for statement in statements_of(found[len(known) :]):
                self._learn(statement)
            self._next = min(first + len(found), length)
            self._last = found[-1] if found else b""
            self.head = Head(length, value or b"", last or b"")
        return self._next != begun

    def _read_anew(self) -> None:
        """Who is gone for good stays known: this machine has read it somewhere."""
        self._begun = self._next = 0
        self._last = b""
        self.ids.clear()
        self._of.clear()

    def bars(self, write: KeptWrite) -> str:
        """Why ``write`` must not be done any more, or "". A removal of a person or a right yields
        to nothing: whom somebody has locked out must not come in because Redis forgot it."""
        locks_out = write.gone and not write.apart  # rules and options stand apart
        if (locks_out and self.ledger.name in {PEOPLE, ADMINISTRATION}) or _found(write):
            return ""
        names = _subjects(write) if self.ledger.name == PEOPLE else set(write.names)
        if self.gone & names:
            return "erased"
        newer = self._overtaken(write)
        return "newer" if newer and not (write.apart and newer != {*write.names}) else ""

    def newer(self, write: KeptWrite) -> set[str]:
        """Of which records of ``write``, which nothing bars, something newer is there: the others
        are done without them."""
        return self._overtaken(write) if write.apart else set()

    def _overtaken(self, write: KeptWrite) -> set[str]:
        return {
            name
            for name in write.names
            if any(self._later(one, than=write) for one in self._of.get(name, ()))
        }

    def unsaid(self, write: KeptWrite) -> bytes:
        """The entry of ``write``. Of what another machine found where the list began it leaves out
        each record of which a change is back: that says what has become of it."""
        if not _found(write):
            return write.entry
        return without(write.entry, [name for name in write.names if name in self._of])

    def came_back_before(self, write: KeptWrite) -> bool:
        """Whether what stands of each record of ``write`` is a change from before it: one of this
        machine, or one of another that was lost as well. Of one that was never lost nobody knows,
        by clocks that differ, whether it was made over ``write``."""
        last = [self._of[name][-1] for name in write.names if self._of.get(name)]
        return (
            bool(last)
            and all(one.id in self._own or one.brought_back for one in last)
            and not any(self._later(one, than=write) for one in last)
        )

    def _later(self, entry: _Entry, *, than: KeptWrite) -> bool:
        """By this machine's own order where both are its own: its clock may have been set."""
        if entry.id in self._own and than.id in self._own:
            return self._own[entry.id] > self._own[than.id]
        return entry.at > than.at

    def _learn(self, statement: Statement) -> None:
        self.ids.add(statement.id)
        if FOUND in statement.flags:  # no change, which came after none
            return
        entry = _Entry(statement.id, statement.made.timestamp(), BROUGHT_BACK in statement.flags)
        self.gone |= self._gone(statement)
        for name in (*statement.states, *statement.touched):
            self._of[name].append(entry)

    def _gone(self, statement: Statement) -> set[str]:
        removed = [name for name, digest in statement.states.items() if digest is None]
        return {name for name in removed if self._for_good(name)}

    def _for_good(self, name: str) -> bool:
        return self.ledger.name == PEOPLE or kind_of(name) in NEVER_AGAIN

    def find(self, ids: Collection[str]) -> None:
        """Look for writes of these ids before what was read, to the list's beginning if need be:
        where entries stand in it no clock can tell."""
        missing, place = set(ids) - self.ids, self._begun
        while missing and place > 0:
            first = max(0, place - _AT_ONCE)
            for statement in self._page(first, place):
                self.gone |= self._gone(statement)
                self.ids |= missing & {statement.id}
            missing, place = missing - self.ids, first

    def _begin(self, since: float | None) -> int:
        """The place of the first entry to read, before which many together are older than
        ``since``: a single one may be of a machine whose clock is wrong."""
        place = int(self._client.llen(self.ledger.list_key))
        while since is not None and place > 0:
            first = max(0, place - _AT_ONCE)
            made = [statement.made.timestamp() for statement in self._page(first, place)]
            place = first
            if made and max(made) < since - CLOCKS.total_seconds():
                break
        return place

    @redis_errors()
    def _page(self, first: int, end: int) -> list[Statement]:
        found: Any = self._client.lrange(self.ledger.list_key, first, end - 1)
        return [*statements_of(found)]


def _found(write: KeptWrite) -> bool:
    entry = said(write.entry)
    return entry is not None and FOUND in entry.flags


def _subjects(write: KeptWrite) -> set[str]:
    """Of what names it has: a PIN's is ``subject/pin``."""
    return {name.partition("/")[0] for name in write.names}
