"""What an entry of a linked list says: which records one write has changed, and how."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from face_rec.stores.chain.links import parsed
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import compact, in_utc, time_to_text

States = Mapping[str, str | None]
"""Digests by the records' names; None for a record that is gone."""

COMPLETE: Final = "complete"
"""In an entry: from here on every record there is has an entry of its own."""
UNPROVED: Final = "unproved"
"""In an entry: before this write a record was not what its last entry said."""
FOUND: Final = "found"
"""In an entry: it changes nothing. It says what was there when the list began."""
BROUGHT_BACK: Final = "again"
"""In an entry: Redis had lost it, and the machine that keeps it has linked it a second time."""

CLOCKS: Final = timedelta(hours=1)
"""By which clocks of machines may differ."""

_SET: Final = "set"
_TOUCHES: Final = "touches"  # what it changes beside the records that it has digests of
_FLAGS: Final = (COMPLETE, UNPROVED, FOUND, BROUGHT_BACK)
_AT_ONCE: Final = 500  # entries a round trip


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry as it is read."""

    states: States
    at: str
    flags: frozenset[str]
    id: str = ""
    touched: frozenset[str] = frozenset()

    @property
    def made(self) -> datetime:
        """The moment of ``at``, as it was read; 1970 for what is none."""
        try:
            return in_utc(datetime.fromisoformat(self.at))
        except ValueError:
            return datetime.fromtimestamp(0, UTC)


def statements_in(client: Client, list_key: str) -> Iterator[Statement]:
    """Every entry of that list that can be read, in order. Raises StoreUnavailable."""
    start = 0
    while True:
        with redis_errors():
            found: Any = client.lrange(list_key, start, start + _AT_ONCE - 1)
        yield from statements_of(found)
        if len(found) < _AT_ONCE:
            return
        start += _AT_ONCE


def statements_since(client: Client, list_key: str, since: datetime) -> Iterator[Statement]:
    """Those made since then, the newest first. What was brought back stands behind newer ones.
    Raises StoreUnavailable."""
    for statement in newest_first(client, list_key):
        if statement.made >= since:
            yield statement
        elif BROUGHT_BACK not in statement.flags:
            return


def newest_first(client: Client, list_key: str) -> Iterator[Statement]:
    """Every entry that can be read, from the end. Raises StoreUnavailable."""
    with redis_errors():
        end = int(client.llen(list_key))
    while end > 0:
        start = max(0, end - _AT_ONCE)
        with redis_errors():
            found: Any = client.lrange(list_key, start, end - 1)
        yield from statements_of(reversed(found))
        end = start


def statements_of(entries: Iterable[bytes]) -> Iterator[Statement]:
    """What those of ``entries`` say that are ours."""
    return (one for raw in entries if (one := statement_of(raw)) is not None)


def statement_of(raw: bytes) -> Statement | None:
    """An entry's content; None for what is none of ours."""
    linked = parsed(raw)
    return said(linked.event) if linked else None


def said(event: bytes) -> Statement | None:
    """What is linked, by itself; None for what is none of ours."""
    try:
        record: Any = json.loads(event)
        states = {str(name): digest for name, digest in record[_SET].items()}
        flags = frozenset(flag for flag in _FLAGS if record.get(flag))
        touched = frozenset(map(str, record.get(_TOUCHES, ())))
        return Statement(states, str(record["at"]), flags, str(record.get("id", "")), touched)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def written(
    entry_id: str, at: datetime, states: States, *flags: str, touches: Sequence[str] = ()
) -> bytes:
    """The JSON that is linked."""
    also = {_TOUCHES: list(touches)} if touches else {}
    moment = time_to_text(at)
    return compact(
        {"id": entry_id, "at": moment, _SET: states, **also, **dict.fromkeys(flags, True)}
    )


def brought_back(event: bytes) -> bytes:
    """``event``, one of ours, as it is linked again."""
    return compact({**json.loads(event), BROUGHT_BACK: True})


def without(event: bytes, names: Collection[str]) -> bytes:
    """``event``, one of ours, which says nothing of ``names`` any more."""
    record: Any = json.loads(event)
    left = {name: digest for name, digest in record[_SET].items() if name not in names}
    return compact({**record, _SET: left})
