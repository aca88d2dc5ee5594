"""Offers again what this machine keeps of people's writes, where Redis has lost it.

Whether it has is asked of the lists of the chain: each write is linked there in the same step, by
its id. What is missing is run again in the order in which it was done, behind whatever the list
has become, and only where nobody has written the same record since. What was erased stays so.
"""

import logging
import math
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, RULES, Streams
from face_rec.stores.chain.linked_hashes import NEVER_AGAIN, OPTIONS, kind_of
from face_rec.stores.chain.linking import DONE, MOVED, WRITTEN, Linking, commands_but, or_any
from face_rec.stores.chain.links import TRIES
from face_rec.stores.chain.newest_entries import NewestEntries
from face_rec.stores.chain.statements import brought_back, without
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import redis_errors
from face_rec.stores.redis.lua import Script

log = logging.getLogger(__name__)

_ORDER: Final = (ADMINISTRATION, PEOPLE, RULES, AUDIT)  # who may do what comes first
_TIDY_EVERY: Final = 3600.0  # seconds: what is kept for hours goes within one of its end
_MISSING: Final = b"missing"
_CHANGED: Final = b"changed"


class Offers:
    """For one thread. Works on what ``streams`` keep; where that is nothing, it does nothing."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._kept: WriteLog | None = streams.kept or None
        self._removed: dict[str, NewestEntries] = {}  # of the lists that say who was erased
        self._tidied = -math.inf  # monotonic time

    def look(self) -> bool:
        """Remove what is kept of people, visits and photos that somebody has erased, on whatever
        machine, and what is old enough; whether all has to be offered, for a full disk had refused
        some of it while Redis may have lost that. Raises StoreUnavailable, JournalError."""
        if self._kept is None:
            return False
        self._look(self._kept)
        with suppress(JournalError):  # it is full still
            self._streams.unkept.keep(self._kept)
        return self._streams.unkept.kept_late()

    def _look(self, kept: WriteLog) -> None:
        self._tidy(kept)
        for name in (PEOPLE, ADMINISTRATION):
            if name not in self._removed:
                self._removed[name] = self._newest(kept, name)
            if self._removed[name].read():
                for erased in kept.subjects() & self._removed[name].gone:
                    kept.forget(erased, self._streams.noted)

    def _tidy(self, kept: WriteLog) -> None:
        """Of an app that runs for months nothing else would. And the list is read again: what was
        on its way at an erasure was kept after it. And the audit log gets what it was to tell of
        when no answer came: that is no loss of which there were a sign."""
        now = self._streams.clock.monotonic()
        if now - self._tidied >= _TIDY_EVERY:
            # At the start everything is offered.
            if self._tidied > -math.inf and self._offered(kept, AUDIT, lambda: None):
                self._keys(kept)
            self._tidied = now
            self._removed.clear()
            kept.expire()

    def offer(self, begin: Callable[[], None] = lambda: None) -> int:
        """How many writes were gone and are there again; ``begin`` is called before the first of
        them. Raises StoreUnavailable, JournalError: what is there by then stays."""
        if self._kept is None:
            return 0
        self._kept.expire()
        self._removed.clear()  # what was read of them may be another history
        self._look(self._kept)  # nothing of whom somebody has erased meanwhile is offered
        count = 0
        for name in _ORDER:
            count += self._offered(self._kept, name, begin)
            if name == PEOPLE:
                self._keys(self._kept)
        if count:
            log.error("writes_offered_again count=%d", count)
        return count

    def _offered(self, kept: WriteLog, name: str, begin: Callable[[], None]) -> int:
        ids = kept.ids(name)
        if not ids:
            return 0
        newest = self._newest(kept, name)
        newest.read()
        newest.find(ids)
        missing = [number for found, number in ids.items() if found not in newest.ids]
        if missing:
            begin()
        back = [w.names for w in _read(kept, missing) if self._again(w, newest)]
        if back:
            self._moved_on(name, {one for names in back for one in names})
        return len(back)

    @redis_errors()
    def _moved_on(self, name: str, of: Collection[str]) -> None:
        """A number that went back and came forward again says nothing to whoever knew it:
        galleries and caches of rules and options begin anew."""
        client, site = self._streams.client, self._streams.chain.site
        if name == PEOPLE:
            client.incr(keys.revision(site))
        if name == RULES:
            client.hincrby(keys.rules(site), keys.VERSION, 1)
        if OPTIONS in map(kind_of, of):
            client.hincrby(keys.options(site), keys.VERSION, 1)

    def _newest(self, kept: WriteLog, name: str) -> NewestEntries:
        ledger = self._streams.ledger(name)
        oldest = kept.oldest()
        # Behind what this machine wrote stands what others have brought back since, which keep
        # theirs as long.
        since = None if oldest is None else oldest - kept.seconds
        return NewestEntries(self._streams.client, ledger, since, kept.order(name))

    def _keys(self, kept: WriteLog) -> None:
        """People's own keys, without which nothing of what came back opens."""
        for write in _read(kept, kept.ids("").values()):
            with redis_errors():
                Script(write.script).run(self._streams.client, write.keys, write.before)

    def _again(self, write: KeptWrite, newest: NewestEntries) -> bool:
        """Whether ``write`` was missing and its entry is there now."""
        try:
            for _ in range(TRIES):
                if write.id in newest.ids:
                    return False
                answer = self._run(write, newest)
                if answer != MOVED:
                    return self._came_back(write, answer)
                newest.read()
        except StoreUnavailable:
            raise
        except Exception as error:  # one that fails holds up no other
            log.error("kept_write_not_offered id=%s", write.id, exc_info=error)
        return False

    def _run(self, write: KeptWrite, newest: NewestEntries) -> bytes:
        """What the script says, run behind the head that was read: what barred it not, then, is
        still all there is."""
        if reason := newest.bars(write):
            return self._overtaken(write, newest, reason)
        if newer := newest.newer(write):
            write = _without(write, newer)
        answer = self._linked(newest.unsaid(write), newest, _of(write))
        if answer == _CHANGED:
            answer = self._over_earlier(write, newest)
        if answer == _CHANGED and write.id not in newest.ids and _never_again(write):
            # Of these also a change comes back whose beginning is on no machine that is here: a
            # later one stands, or there is nobody any more to decide about.
            return self._overtaken(write, newest, "does not fit")
        if answer == _MISSING and write.gone and newest.ledger.name == PEOPLE:
            # That somebody was erased stands there also where their registration was lost: another
            # machine keeps that.
            answer = self._linked(write.entry, newest, _of(self._streams.noted(write)))
        return answer

    def _over_earlier(self, write: KeptWrite, newest: NewestEntries) -> bytes:
        """Redis had lost an earlier change when ``write`` was made over what was there without it.
        Then it lost both, and the earlier one is back."""
        newest.read()
        if write.id in newest.ids:  # the answer was lost, and the client has sent it again
            return DONE
        if newest.bars(write) or not newest.came_back_before(write):
            return _CHANGED
        return self._linked(write.entry, newest, _of(write, over_any=True))

    def _overtaken(self, write: KeptWrite, newest: NewestEntries, reason: str) -> bytes:
        """It is not done any more, nor after another loss: what overtook it stands on what was
        there without it. That it was done stands in the list, which else stayed shorter than it
        was witnessed: a loss would look like a tail that somebody has cut off."""
        log.warning("kept_write_overtaken id=%s reason=%s", write.id, reason)
        said = self._streams.noted(write)
        if self._kept is not None:
            self._kept.replace(said)
        return self._linked(said.entry, newest, _of(said))

    def _linked(self, entry: bytes, newest: NewestEntries, linking: Linking) -> bytes:
        ledger, before = newest.ledger, newest.head
        linked, after = ledger.chain.append(ledger.name, before, brought_back(entry))
        with redis_errors():
            answer: Any = linking.run(
                self._streams.client, [linked, after.value, before.length, before.value]
            )
        if answer[0] in WRITTEN:
            self._streams.heads.learn(ledger.name, after, written=True)
        return bytes(answer[0])

    def _came_back(self, write: KeptWrite, answer: bytes) -> bool:
        if answer in WRITTEN:
            return True
        log.warning("kept_write_not_offered id=%s reason=%s", write.id, answer.decode())
        return False


def _never_again(write: KeptWrite) -> bool:
    return any(kind_of(name) in NEVER_AGAIN for name in write.names)


def _of(write: KeptWrite, *, over_any: bool = False) -> Linking:
    before = list(write.before)
    if over_any and len(before) > 1:
        before[1] = or_any(before[1]) or before[1]
    return Linking(Script(write.script), write.keys, before, write.after)


def _without(write: KeptWrite, names: Collection[str]) -> KeptWrite:
    """``write``, one whose commands stand apart, but for what it does to ``names``."""
    places = [place for place, name in enumerate(write.names) if name in names]
    after = tuple(commands_but(write.after, places))
    return replace(write, after=after, entry=without(write.entry, names))


def _read(kept: WriteLog, numbers: Iterable[int]) -> Iterator[KeptWrite]:
    yield from (write for number in numbers if (write := kept.read(number)) is not None)
