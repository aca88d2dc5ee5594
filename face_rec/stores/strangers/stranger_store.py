"""Unknown people in Redis. Every change is one script over keys of one slot.

Who is unknown is told to nobody, and goes with what Redis loses. What somebody decided about one
of them, and that somebody is forgotten, is linked and kept, without a face: it is done again as
long as they are there.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import numpy as np

from face_rec.domain.errors import Conflict, StoreError
from face_rec.domain.faces import Vector
from face_rec.domain.strangers import Decision, Stranger, Visit
from face_rec.languages.language import msgid
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linked_hashes import name_of
from face_rec.stores.chain.linking import Command, Linking
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.stored_json import Reader, written
from face_rec.stores.strangers import stranger_keys
from face_rec.strangers.storage import Change

T = TypeVar("T", Stranger, Visit)

_CHANGE: Final = Script("change_strangers")
_DECIDE: Final = Script("decide_stranger")
_SWAP: Final = Script("swap_field")
_KIND: Final = "strangers"
_REMEMBERED: Final = 10_000
"""Changes, about; who has missed more of them reads all."""
_AT_ONCE: Final = 1000

_stranger: Final = Reader(Stranger)
_visit: Final = Reader(Visit)


class RedisStrangers:
    """A ``StrangerStore``. Safe to call from several threads and processes at once."""

    def __init__(
        self, client: Client, site: str, sealer: DataSealer, ledger: Ledger | None = None
    ) -> None:
        """``sealer``: of the embeddings, with DATA_KEY, as those of registered people are."""
        self._ledger = ledger
        self._client = client
        self._site = site
        self._sealer = sealer
        self._people = stranger_keys.people(site)
        self._visits = stranger_keys.visits(site)
        self._faces = stranger_keys.faces(site)
        self._ended = stranger_keys.ended(site)
        self._changes = stranger_keys.changes(site)
        self._revision = stranger_keys.revision(site)

    @redis_errors()
    def revision(self) -> int:
        found: Any = self._client.get(self._revision)
        return int(found or 0)

    @redis_errors()
    def all(self) -> tuple[int, list[Stranger]]:
        revision = self.revision()
        found: Any = self._client.hgetall(self._people)
        return revision, _read(_stranger, found.values())

    @redis_errors()
    def many(self, ids: Collection[str]) -> dict[str, Stranger]:
        return {one.id: one for one in _read(_stranger, self._of(self._people, ids))}

    @redis_errors()
    def changes(self, since: int) -> tuple[int, frozenset[str]] | None:
        revision = self.revision()
        if revision == since:
            return revision, frozenset()
        found: Any = self._client.xrange(self._changes, min=f"({since}-0")
        numbers = [int(number.partition(b"-")[0]) for number, _ in found]
        if not numbers or numbers[0] != since + 1:
            return None
        ids = {one for _, fields in found for one in fields[b"ids"].decode().split()}
        return numbers[-1], frozenset(ids)

    @redis_errors()
    def visits(self, ids: Collection[str]) -> dict[str, Visit]:
        return {one.id: one for one in _read(_visit, self._of(self._visits, ids))}

    @redis_errors()
    def faces(self, ids: Collection[str]) -> dict[str, Vector]:
        names = list(ids)
        opened: dict[str, Vector] = {}
        for name, stored in zip(names, self._of(self._faces, names), strict=True):
            if stored is None:
                continue
            try:
                opened[name] = np.frombuffer(self._sealer.open(stored, context(name)), "<f4")
            except (StoreError, ValueError):  # sealed with a key that is not here any more
                continue
        return opened

    @redis_errors()
    def count(self) -> int:
        return int(self._client.zcard(self._ended))

    @redis_errors()
    def oldest(self, count: int, before: datetime | None = None) -> list[str]:
        until: Any = "+inf" if before is None else f"({_ms(before)}"
        found: Any = self._client.zrangebyscore(self._ended, "-inf", until, 0, count)
        return [one.decode() for one in found]

    @redis_errors()
    def write(self, change: Change) -> None:
        people = [(one, written(replace(one, version=one.version + 1))) for one in change.put]
        people += [(one, b"") for one in change.gone]
        visits = [(one, self._sealed(one, face)) for one, face in change.kept]
        visits += [(one, b"") for one in change.visits]
        arguments: list[Argument] = [_REMEMBERED, len(people)]
        for one, text in people:
            arguments += [one.id, one.version, text]
        arguments.append(len(visits))
        for visit, face in visits:
            arguments += [visit.id, written(visit), face, _ms(visit.ended)]
        arguments += [len(change.forgotten), *change.forgotten]
        names = [
            self._people, self._visits, self._faces, self._ended, self._changes, self._revision,
        ]  # fmt: skip
        if int(_CHANGE.run(self._client, names, arguments)) < 0:
            raise _faster()

    def decide(self, known: Stranger, decision: Decision) -> None:
        made = replace(known, decision=decision)
        if self._ledger is None:
            self.write(Change(put=(made,)))
            return
        text = written(replace(made, version=known.version + 1))
        name, said = name_of(_KIND, known.id), written(decision)
        names = [
            self._people, self._changes, self._revision, self._ledger.list_key,
            self._ledger.head_key,
        ]  # fmt: skip
        about = [name, *([decision.subject] if decision.subject else [])]
        with redis_errors():
            answer = self._ledger.linked(
                self._ledger.entry({}, touches=[name]),
                Linking(
                    _DECIDE, names, [known.id, known.version, text, said, _REMEMBERED],
                    about=about, again=([known.id, "", "", said, _REMEMBERED], ()),
                ),
            )  # fmt: skip
        if answer[0] != b"done":
            raise _faster()

    def stay_forgotten(self, strangers: Iterable[Stranger]) -> None:
        if self._ledger is None:
            return
        for one in strangers:
            name = name_of(_KIND, one.id)
            self._ledger.write({name: None}, self._removal(one), erases=name)

    def _removal(self, one: Stranger) -> list[Command]:
        gone = [Command(self._people, ("HDEL", one.id))]
        if one.visits:
            gone += [Command(key, ("HDEL", *one.visits)) for key in (self._visits, self._faces)]
            gone.append(Command(self._ended, ("ZREM", *one.visits)))
        # Moved without an entry: whoever follows reads all.
        return [*gone, Command(self._revision, ("INCR",))]

    @redis_errors()
    def clear(self) -> int:
        """The revision stays, and moves without an entry: whoever follows reads all."""
        count = self.count()
        pipeline: Any = self._client.pipeline(transaction=True)
        pipeline.delete(self._people, self._visits, self._faces, self._ended, self._changes)
        pipeline.incr(self._revision)
        pipeline.execute()
        return count

    @redis_errors()
    def lately(self, name: str) -> bool:
        return bool(self._client.exists(stranger_keys.told(self._site, name)))

    @redis_errors()
    def first(self, name: str, seconds: float) -> bool:
        key = stranger_keys.told(self._site, name)
        return bool(self._client.set(key, b"1", nx=True, px=round(seconds * 1000)))

    @redis_errors()
    def reseal(self) -> int:
        """How many embeddings were sealed anew with the current key."""
        changed = 0
        for name, stored in self._client.hscan_iter(self._faces, count=_AT_ONCE):
            if not self._sealer.current(stored):
                where = context(name.decode())
                anew = self._sealer.seal(self._sealer.open(stored, where), where)
                changed += int(_SWAP.run(self._client, [self._faces], [name, stored, anew]))
        return changed

    def _sealed(self, visit: Visit, face: Vector) -> bytes:
        return self._sealer.seal(face.astype("<f4").tobytes(), context(visit.id))

    def _of(self, key: str, ids: Collection[str]) -> list[bytes | None]:
        names, found = list(ids), []
        for start in range(0, len(names), _AT_ONCE):
            part: Any = self._client.hmget(key, names[start : start + _AT_ONCE])
            found += part
        return found


def context(visit: str) -> str:
    """What a sealed embedding is bound to."""
    return f"stranger/{visit}"


def _faster() -> Conflict:
    return Conflict(msgid("Somebody else has decided about this person meanwhile. Look again."))


def _read(reader: Reader[T], texts: Iterable[bytes | None]) -> list[T]:
    """Those that are there and can be read; what a later version wrote otherwise is left out."""
    found = []
    for text in texts:
        try:
            if text is not None:
                found.append(reader(text))
        except ValueError:
            continue
    return found


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
