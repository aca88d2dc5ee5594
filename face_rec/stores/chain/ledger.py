"""A linked list that says what some records are: people, rules, the audit log.

Each entry names the records that one write changed, with a digest of what each has become, or
none where it is gone. It is appended in the same atomic step as the write. So a record that was
changed, added or removed by another program no longer fits its last entry. Digests are keyed or
salted: what is erased cannot be read or guessed from them.
"""

import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from face_rec.clock import MachineClock
from face_rec.domain.errors import Conflict, JournalError, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.linking import (
    DONE,
    MOVED,
    WRITTEN,
    Command,
    Guard,
    Linking,
    commands_linked,
)
from face_rec.stores.chain.links import Chain, DayHeads, Links, told_head
from face_rec.stores.chain.statements import (
    COMPLETE,
    FOUND,
    Statement,
    States,
    newest_first,
    said,
    statements_in,
    statements_of,
    statements_since,
    written,
)
from face_rec.stores.chain.unkept import Unkept
from face_rec.stores.chain.write_log import UNDER_WAY, WriteLog
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

PEOPLE: Final = "people"
RULES: Final = "rules"
AUDIT: Final = "audit"
ADMINISTRATION: Final = "administration"
STREAMS: Final = (PEOPLE, RULES, AUDIT, ADMINISTRATION)
"""The lists there are beside the marks."""

_AT_ONCE: Final = 500  # records an entry
_LATE: Final = UNDER_WAY / 2
_FAR: Final = 20_000  # entries that may have been brought back meanwhile
_NEAR: Final = 16  # entries that others may have added meanwhile


@dataclass(frozen=True, slots=True)
class Streams:
    """The chain of a site, and which of its streams were written: shared by all who write.
    ``kept``: where what they write stays until Redis cannot lose it any more; ``unkept``: what its
    disk has refused of it."""

    client: Client
    chain: Chain
    clock: MachineClock
    heads: DayHeads = field(default_factory=DayHeads)
    kept: WriteLog | None = None
    unkept: Unkept = field(default_factory=Unkept)

    def ledger(self, name: str) -> "Ledger":
        return Ledger(name, self)

    def noted(self, write: KeptWrite) -> KeptWrite:
        """What is left of ``write`` where it must not be done again: that it was there. A list
        that Redis has lost would else stay shorter than it was witnessed, as if its tail had been
        cut off."""
        site, name = self.chain.site, write.stream
        alone = commands_linked([keys.chain(site, name), keys.chain_head(site, name)], (), None)
        entry = written(write.id, self.clock.now(), {})
        return replace(
            write, script=alone.script.name, keys=tuple(alone.keys), before=tuple(alone.before),
            after=tuple(alone.after), entry=entry, names=(), gone=False,
        )  # fmt: skip


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
        self._noted = streams.noted
        self.kept = streams.kept or None
        self._unkept = streams.unkept

    def write(
        self,
        states: States,
        commands: Sequence[Command] = (),
        guard: Guard | None = None,
        *flags: str,
        about: Sequence[str] = (),
        touches: Sequence[str] = (),
        erases: str = "",
        once: str = "",
        happened: bool = False,
        apart: bool = False,
    ) -> None:
        """Do ``commands`` and append what ``states`` says, in one step, or nothing. ``about``: the
        subjects whose data are in the commands; ``touches``: what they change beside the states;
        ``erases``: about whom, or about which record, nothing stays kept that was written before.
        ``once``: an id of the write; where this machine keeps it, it was done, or will be where
        it is offered again, and nothing is done now. ``happened``: see :meth:`linked`; ``apart``:
        see :class:`Linking`.

        Raises Conflict where ``guard`` refuses, StoreUnavailable when Redis goes away.
        """  # fmt: skip
        if once and self._was_kept(once, happened=happened):
            return
        linking = commands_linked(
            [self.list_key, self.head_key], commands, guard, about, erases, apart=apart
        )
        with redis_errors():
            entry = self.entry(states, *flags, touches=touches, id_=once)
            answer = self.linked(entry, linking, happened=happened)
        if answer[0] == b"changed":
            raise Conflict(msgid("Somebody else changed this in the meantime. Load it again."))

    def entry(
        self, states: States, *flags: str, touches: Sequence[str] = (), id_: str = ""
    ) -> bytes:
        """What is to be linked: ``states`` as JSON; by a random id, if by none."""
        number = id_ or secrets.token_hex(8)
        return written(number, self._clock.now(), states, *flags, touches=touches)

    def linked(self, entry: bytes, linking: Linking, *, happened: bool = False) -> Any:  # noqa: ANN401
        """Run ``linking`` until nobody else is faster; what it answered in the end.

        Its script gets the linked entry, the head that makes, and length and head that it stands
        on, and answers what ``head_moved`` of chain_head.lua returns where these are not the
        newest. The write is on this machine's disk before Redis is asked, and goes from there if
        Redis does not take it: raises JournalError where the disk refuses, and nothing is written
        then. A removal is done all the same, and what tells of something that has ``happened`` is
        written: both are kept once the disk has room. Where no answer came, that stays on the disk
        and is offered again; of anything else, which nobody is told is done, stays that there was
        something: else the list lacked what a witness may have seen, once Redis has lost it.
        """
        begun = self._clock.monotonic()
        write = self._write_of(entry, linking) if self.kept is not None else None
        kept = self._keep(write, linking, happened=happened) if write else ""
        try:
            answer = self._linked(entry, linking, begun)
        except Exception:
            if write:
                self._unanswered(write, kept, happened=happened)
            raise
        if write and not kept and (linking.erases or answer[0] in WRITTEN):
            self._unkept.add(write)
        if self.kept and linking.erases:
            # Also of somebody who is not there: Redis may have lost them a moment ago, and what
            # is kept of them, here or elsewhere, must not bring back who was erased.
            self._forget(self.kept, linking.erases, kept)
        elif answer[0] not in WRITTEN:
            self._drop(kept)
        return answer

    def _linked(self, entry: bytes, linking: Linking, begun: float) -> Any:  # noqa: ANN401
        links = Links(self.chain, self._heads, self.name, entry)
        with self._heads.turn():
            for linked, before, after in links.tries():
                late = self._clock.monotonic() - begun > _LATE
                if late and not linking.knows_again and self._was_linked(entry):
                    return [DONE]
                answer = linking.run(
                    self._client, [linked, after.value, before.length, before.value]
                )
                if answer[0] in WRITTEN:
                    links.made(after)
                    return answer
                if not linking.knows_again and self._stands(entry, before.length):
                    return [DONE]
                if answer[0] != MOVED:
                    return answer
                links.moved(told_head(answer))
        raise StoreUnavailable(msgid("Too many write at the same moment. Try again."))

    def _stands(self, entry: bytes, place: int) -> bool:
        """Whether it is at its ``place``, or among the newest: the client sends a command again
        whose answer was lost, and then it is this entry that was faster, or this write that
        somebody has made."""
        pipeline: Any = self._client.pipeline(transaction=False)
        pipeline.lrange(self.list_key, place, place)
        pipeline.lrange(self.list_key, -_NEAR, -1)
        at_it, newest = pipeline.execute()
        told = said(entry)
        return told is not None and told.id in {one.id for one in statements_of(at_it + newest)}

    def _was_linked(self, entry: bytes) -> bool:
        """Whether one that this process was long about, having been stopped, is there: offered as
        one that Redis had lost, by another process of this machine or by another thread of this
        one, with whatever else they had to offer."""
        told, newest = said(entry), newest_first(self._client, self.list_key)
        return told is not None and any(one.id == told.id for one in islice(newest, _FAR))

    # --- what this machine keeps of it

    def _write_of(self, entry: bytes, linking: Linking) -> KeptWrite | None:
        statement = said(entry)
        if statement is None:
            return None
        gone = bool(statement.states) and not any(statement.states.values())
        before, after = linking.again or (linking.before, linking.after)
        return KeptWrite(
            statement.id, datetime.fromisoformat(statement.at).timestamp(), self.name,
            linking.script.name, tuple(linking.keys), tuple(before), tuple(after),
            entry, (*statement.states, *statement.touched), gone, linking.apart,
        )  # fmt: skip

    def _was_kept(self, write_id: str, *, happened: bool) -> bool:
        try:
            kept = self.kept is not None and self.kept.has(write_id)
        except JournalError:  # a disk that does not take the file at all
            if not happened:
                raise
            kept = False
        return kept or self._unkept.has(write_id)

    def _keep(self, write: KeptWrite, linking: Linking, *, happened: bool) -> str:
        """The id under which it is kept; "" where the disk refuses what must not wait for it."""
        try:
            if self.kept:
                self._unkept.keep(self.kept)  # in the order in which they were made
                self.kept.put(write, linking.about)
        except JournalError:
            removes = write.gone or linking.removes
            if not removes and not happened:
                raise
            what = "removal_not_kept" if removes else "entry_not_kept"
            log.exception("%s stream=%s", what, self.name)  # it is remembered (see Unkept)
            return ""
        return write.id

    def _drop(self, kept: str) -> None:
        if self.kept and kept:
            self.kept.drop(kept)

    def _unanswered(self, write: KeptWrite, kept: str, *, happened: bool) -> None:
        left = write if happened else self._noted(write)
        if not kept:
            self._unkept.add(left)
        elif self.kept and not happened:
            try:
                self.kept.replace(left)
            except JournalError as error:  # tried like any other: what it expects has to be there
                log.error("write_not_noted id=%s reason=%s", kept, error)

    def _forget(self, kept: WriteLog, subject: str, but: str) -> None:
        try:
            kept.forget(subject, self._noted, but)
        except JournalError:  # of whom is gone every process looks for what is left (see offers)
            log.exception("kept_writes_not_forgotten")

    def statements(self) -> Iterator[Statement]:
        """Every entry that can be read, in order; whether it is genuine is not asked here."""
        return statements_in(self._client, self.list_key)

    def since(self, moment: datetime) -> Iterator[Statement]:
        """The entries made since then; see :func:`statements_since`."""
        return statements_since(self._client, self.list_key, moment)

    def complete(self) -> bool:
        """Whether every record has been entered, after an update from an older version."""
        return any(COMPLETE in statement.flags for statement in self.statements())

    def begin(self, states: States, guard: Guard | None = None) -> None:
        """Enter all records as they are: once, when the chain begins to speak of them.

        Raises Conflict where ``guard`` refuses: then read them again.
        """
        items = list(states.items())
        for start in range(0, len(items), _AT_ONCE):
            self.write(dict(items[start : start + _AT_ONCE]), (), guard, FOUND)
        self.write({}, (), guard, COMPLETE)
        log.warning("chain_begins stream=%s accepted=%d", self.name, len(items))
