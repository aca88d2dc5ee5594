"""The tamper-evident chain: what is added to an event so that any change shows.

There is one for each day's marks, and one each for people, rules and the audit log.
An entry of such a list is the event's JSON with three fields behind its own:
``n`` (its place in the list, from 0), ``key`` (the id of the key) and ``link``, the
HMAC-SHA256 over site, stream, place, key, the link before, and the event byte by byte.
Whoever cannot ask for the key can neither change, drop, add nor reorder an entry without
breaking a link.

Appending is optimistic, because only the client can make a link: the script appends only behind
the head that the link was made over. Who loses the race gets the new head with the refusal and
tries again without asking anew.
"""

import hashlib
import hmac
import logging
import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from cachetools import LRUCache

from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.stores.sealing.keyring import Key, Keyring

log = logging.getLogger(__name__)

_TAIL: Final = re.compile(rb',"n":(\d{1,12}),"key":"([0-9a-f]{1,16})","link":"([0-9a-f]{64})"\}$')
TRIES: Final = 100
_DAYS_KEPT: Final = 64
_PATIENCE: Final = 0.05  # seconds to wait for the other threads; then race them
_PAUSE: Final = 0.002  # seconds, about a round trip; grows with the number of lost races


Stream = date | str
"""A UTC day of marks, or the name of another list that is linked."""


def name_of(stream: Stream) -> str:
    """As it is signed, and as people read it."""
    return stream.isoformat() if isinstance(stream, date) else stream


def stream_of(name: str) -> Stream:
    """The stream that has this name."""
    try:
        return date.fromisoformat(name)
    except ValueError:
        return name


@dataclass(frozen=True, slots=True)
class Head:
    """Where a day's list ends: how many entries it has, and the head that is stored.

    ``value`` is ``count:link:key``, empty before the day's first link. Where another program
    wrote over it, ``newest`` is the entry at the end of the list, whose link counts instead.
    """

    length: int = 0
    value: bytes = b""
    newest: bytes = b""

    @property
    def link(self) -> str:
        head = head_of(self.value)
        if head is not None:
            return head[1]
        entry = parsed(self.newest)
        return entry.link if entry else ""


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry taken apart: ``event`` is the JSON that was signed."""

    event: bytes
    position: int
    key: str
    link: str


class Chain:
    """Makes and checks the links of one site. Raises StoreError without a key."""

    def __init__(self, site: str, keyring: Keyring) -> None:
        if keyring.current is None:
            raise StoreError(
                msgid("The chain has no key. Set CHAIN_KEY, or leave it empty altogether.")
            )
        self._site = site
        self._current = keyring.current
        self._keyring = keyring

    @property
    def site(self) -> str:
        return self._site

    @property
    def key_id(self) -> str:
        return self._current.id

    def append(self, day: Stream, head: Head, event: bytes) -> tuple[bytes, Head]:
        """The entry to store behind ``head``, and the head that it makes."""
        position = head.length
        link = self._link(self._current, day, position, head.link, event)
        tail = f',"n":{position},"key":"{self._current.id}","link":"{link}"}}'
        value = f"{position + 1}:{link}:{self._current.id}"
        return event[:-1] + tail.encode(), Head(position + 1, value.encode())

    def holds(self, day: Stream, entry: Linked, previous: str) -> bool | None:
        """Whether ``entry`` is what was signed behind ``previous``; None where its key is
        not known here."""
        key = self._keyring.get(entry.key)
        if key is None:
            return None
        expected = self._link(key, day, entry.position, previous, entry.event)
        return hmac.compare_digest(expected, entry.link)

    def sign(self, text: str) -> str:
        """``key:mac`` of a text that is kept elsewhere (the witness)."""
        return f"{self._current.id}:{_mac(self._current, b'witness', text.encode())}"

    def signed(self, text: str, signature: str) -> bool | None:
        """Whether :meth:`sign` made ``signature`` of ``text``; None for a key unknown here. Both
        may be anything that a disk or another program has made of them."""
        key_id, _, mac = signature.partition(":")
        key = self._keyring.get(key_id)
        if key is None:
            return None
        made = _mac(key, b"witness", text.encode("utf-8", "surrogatepass"))
        return hmac.compare_digest(made.encode(), mac.encode("utf-8", "surrogatepass"))

    def _link(self, key: Key, day: Stream, position: int, previous: str, event: bytes) -> str:
        about = f"{self._site}|{name_of(day)}|{position}|{key.id}|{previous}\n"
        return _mac(key, b"link", about.encode() + event)


class DayHeads:
    """The last head seen of each stream, and which were written since somebody asked.

    Threads of one process take turns, as far as that is quick, so that they do not race
    each other. Safe to call from any thread.
    """

    def __init__(self) -> None:
        self._heads: LRUCache[Stream, Head] = LRUCache(_DAYS_KEPT)
        self._written: set[Stream] = set()
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def get(self, day: Stream) -> Head:
        """The head as this process knows it; it may have moved on."""
        with self._lock:
            return self._heads.get(day, Head())

    def learn(self, day: Stream, head: Head, *, written: bool) -> None:
        """Redis said, or this process made it so, that ``head`` is the newest."""
        with self._lock:
            self._heads[day] = head
            if written:
                self._written.add(day)

    def drain(self) -> set[Stream]:
        """The streams written since the last call."""
        with self._lock:
            found, self._written = self._written, set()
        return found

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A courtesy, not a lock: while Redis hangs, nobody waits for another's answer."""
        taken = self._turn.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            if taken:
                self._turn.release()


class Links:
    """The entries to try for one event, one after another."""

    def __init__(self, chain: Chain, heads: DayHeads, day: Stream, event: bytes) -> None:
        self._chain = chain
        self._heads = heads
        self._day = day
        self._event = event

    def tries(self) -> Iterator[tuple[bytes, Head, Head]]:
        """(entry, head it stands on, head it makes), bounded; pauses after lost races."""
        for number in range(TRIES):
            if number > 2:
                time.sleep(random.random() * _PAUSE * min(number, 20))  # noqa: S311
            before = self._heads.get(self._day)
            entry, after = self._chain.append(self._day, before, self._event)
            yield entry, before, after

    def moved(self, head: Head) -> None:
        """Somebody else appended first."""
        self._heads.learn(self._day, head, written=False)

    def made(self, head: Head) -> None:
        """The entry stands."""
        self._heads.learn(self._day, head, written=True)


def parsed(entry: bytes) -> Linked | None:
    """``entry`` taken apart; None if it carries no link."""
    tail = _TAIL.search(entry)
    if tail is None:
        return None
    position, key, link = tail.groups()
    event = entry[: tail.start()] + b"}"
    return Linked(event, int(position), key.decode("ascii"), link.decode("ascii"))


def told_head(answer: Sequence[bytes]) -> Head:
    """The head in what ``head_moved`` of chain_head.lua returns. The newest entry is there where
    another program removed the head or wrote over it: what follows is linked to that."""
    _, value, length, newest = answer
    if head_of(value) is None and (value or parsed(newest)):
        log.error("chain_head_unreadable length=%s", length.decode())
    return Head(int(length), value, newest)


def head_value(entries: Sequence[bytes]) -> bytes:
    """The head that the newest of ``entries`` makes, where no other is kept; b"" for no link."""
    newest = parsed(entries[-1]) if entries else None
    return f"{len(entries)}:{newest.link}:{newest.key}".encode() if newest else b""


def head_of(value: bytes) -> tuple[int, str, str] | None:
    """Count, link and key id of a stored head; None for what is none."""
    found = re.fullmatch(rb"(\d{1,12}):([0-9a-f]{64}):([0-9a-f]{1,16})", value)
    if found is None:
        return None
    count, link, key = found.groups()
    return int(count), link.decode("ascii"), key.decode("ascii")


def _mac(key: Key, purpose: bytes, text: bytes) -> str:
    return hmac.digest(key.secret, purpose + b"\n" + text, hashlib.sha256).hex()
