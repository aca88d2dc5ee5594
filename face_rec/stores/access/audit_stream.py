"""The audit log in Redis: a stream, appended only, and linked like the marks."""

import dataclasses
import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from face_rec.access.audit.audit import BY_STRANGERS, AuditEntry, Refusals, erased
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linking import Command
from face_rec.stores.people.person_keys import PersonKey, PersonKeys
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

log = logging.getLogger(__name__)

_ENTRY: Final = "entry"
_THERE: Final = "there"
_AT_ONCE: Final = 1000
_A_MINUTE: Final = 60  # refused tries of a kind that are written down; the others are counted
_KEPT: Final = 10_000  # about so many of a kind
_NOTE: Final = Script("note_refused")
_PREFIXES: Final = ("", "PIN of ", "personal data of ")  # before an ID, as targets had it


class PersonNames:
    """The IDs by which entries that are not sealed tell of a person."""

    def __init__(self, person_id: str) -> None:
        self._ids = {person_id}

    def told_by(self, entry: AuditEntry) -> bool:
        """Whether ``entry`` tells of the person; learns the ID that they had before it, so
        entries must come newest first."""
        told = any(entry.target == prefix + one for one in self._ids for prefix in _PREFIXES)
        if told and entry.action.startswith("person.") and entry.before.get("id"):
            self._ids.add(entry.before["id"])
        return told


class RedisAudit:
    """An ``AuditStore``. Safe to call from several threads and processes at once.

    With a ``ledger`` every entry is linked to the one before it; not those of strangers, of
    which only the newest are kept. What an entry tells of a person
    is sealed with the person's own key in ``people``.
    """

    def __init__(
        self,
        client: Client,
        site: str,
        ledger: Ledger | None = None,
        people: PersonKeys | None = None,
    ) -> None:
        self._client = client
        self._site = site
        self._key = access_keys.audit(site)
        self._ledger = ledger
        self._people = people or PersonKeys(client, site)

    @redis_errors()
    def append(self, entry: AuditEntry, about: str = "", once: str = "") -> None:
        text = encode(_sealed(entry, self._key_of(about)) if about else entry)
        if entry.action in BY_STRANGERS:
            self._note(entry, text)
            return
        if self._ledger is None:
            self._client.xadd(self._key, {_ENTRY: text})
            return
        added = Command(self._key, ("XADD", "*", _ENTRY, text))
        told = {_name(text.encode()): _THERE}
        self._ledger.write(told, [added], once=once, happened=True)

    def _key_of(self, subject: str) -> PersonKey | None:
        """None of somebody who is erased; not of one whom Redis has just lost, nor while it is
        away: what is told of them has happened."""
        try:
            return self._made(subject) or self._people.lost(subject)
        except StoreUnavailable:
            if (own := self._people.unasked(subject)) is None:
                raise
            return own

    def _made(self, subject: str) -> PersonKey | None:
        try:
            return self._people.of(subject)
        except JournalError:  # a full disk does not keep the key that was just made; Redis has it
            log.exception("person_key_not_kept")
            return self._people.of(subject)

    def alias(self, subject: str) -> str:
        return self._people.alias(subject)

    @redis_errors()
    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        top = f"({before}" if before else "+"
        found: Any = self._client.xrevrange(self._key, max=top, min="-", count=count)
        return self._read(found)

    def _read(self, found: Iterable[tuple[bytes, Mapping[bytes, bytes]]]) -> list[AuditEntry]:
        entries = [_entry(number.decode(), fields[_ENTRY.encode()]) for number, fields in found]
        own = self._people.many({entry.person for entry in entries if entry.person})
        return [_opened(entry, own) for entry in entries]

    @redis_errors()
    def forget(self, names: PersonNames) -> int:
        """Remove the entries of versions that did not seal them, if they tell of the person;
        returns how many."""
        told = [(entry.number, name) for name, entry in self._unsealed() if names.told_by(entry)]
        for start in range(0, len(told), _AT_ONCE):
            some = dict(told[start : start + _AT_ONCE])
            if self._ledger is None:
                self._client.xdel(self._key, *some)
            else:  # the chain says that they went by right
                gone = Command(self._key, ("XDEL", *some))
                self._ledger.write(dict.fromkeys(some.values()), [gone])
        return len(told)

    def _unsealed(self) -> Iterator[tuple[str, AuditEntry]]:
        """With the name that the chain has for them, newest first, so that an ID is known by
        what it was before."""
        top = "+"
        while True:
            found: Any = self._client.xrevrange(self._key, max=top, min="-", count=_AT_ONCE)
            for number, fields in found:
                text = fields[_ENTRY.encode()]
                entry = _entry(number.decode(), text)
                if not entry.person:
                    yield _name(text), entry
            if len(found) < _AT_ONCE:
                return
            top = f"({found[-1][0].decode()}"

    # --- what strangers try

    @redis_errors()
    def refused(self, count: int) -> list[AuditEntry]:
        pipeline = self._client.pipeline(transaction=False)
        for action in sorted(BY_STRANGERS):
            pipeline.xrevrange(access_keys.refused(self._site, action), count=count)
        found = self._read(one for answer in pipeline.execute() for one in answer)
        return sorted(found, key=_order, reverse=True)[:count]

    @redis_errors()
    def refusals(self) -> list[Refusals]:
        stored: Any = self._client.hgetall(access_keys.refused_counts(self._site))
        found = [_refusals(field.decode(), int(count)) for field, count in stored.items()]
        return sorted(found, key=lambda one: (one.day, one.action), reverse=True)

    def _note(self, entry: AuditEntry, text: str) -> None:
        names = [
            access_keys.refused(self._site, entry.action),
            access_keys.refused_counts(self._site),
            access_keys.tries(self._site, f"noted-{entry.action}"),
        ]
        field = f"{entry.at.astimezone(UTC).date()}/{entry.action}"
        _NOTE.run(self._client, names, [text, field, _A_MINUTE, _KEPT])

    # --- the chain's view

    def stored(self) -> Iterator[tuple[str, str]]:
        """The name that the chain has for each entry, and the entry's number."""
        start = "-"
        while True:
            with redis_errors():
                found: Any = self._client.xrange(self._key, min=start, count=_AT_ONCE)
            for number, fields in found:
                yield _name(fields.get(_ENTRY.encode(), b"")), number.decode()
            if len(found) < _AT_ONCE:
                return
            start = f"({found[-1][0].decode()}"

    def begin(self) -> None:
        """Enter what was noted before the chain; nothing to do if that was done."""
        if self._ledger is not None and not self._ledger.complete():
            self._ledger.begin({name: _THERE for name, _ in self.stored()})


def _sealed(entry: AuditEntry, own: PersonKey | None) -> AuditEntry:
    """``entry`` with all that tells of the person sealed; of somebody who is gone nothing."""
    bare = dataclasses.replace(entry, target="", before={}, after={})
    if own is None:
        return dataclasses.replace(bare, target=erased(""))
    content = {"target": entry.target, "before": dict(entry.before), "after": dict(entry.after)}
    return dataclasses.replace(bare, person=own.alias, sealed=own.seal(content))


def _opened(entry: AuditEntry, own: Mapping[str, PersonKey]) -> AuditEntry:
    if not entry.sealed:
        return entry
    key = own.get(entry.person)
    content = key.open(entry.sealed) if key else None
    if content is None:
        return dataclasses.replace(entry, target=erased(entry.person), sealed="")
    return dataclasses.replace(entry, sealed="", **content)


def _name(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _entry(number: str, text: bytes) -> AuditEntry:
    return dataclasses.replace(decode(AuditEntry, text), number=number)


def _order(entry: AuditEntry) -> tuple[datetime, list[int]]:
    return entry.at, [int(part) for part in entry.number.split("-")]


def _refusals(field: str, count: int) -> Refusals:
    day, _, action = field.partition("/")
    return Refusals(date.fromisoformat(day), action, count)
