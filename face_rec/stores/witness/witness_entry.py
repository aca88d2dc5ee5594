"""One line of the witness: which heads of the chain were seen when, linked to the line before.

A log is such lines, numbered from 0. Each is signed with the chain's key over its content and
the signature before, so that none can be changed, left out, added or moved. The first one also
says what there was without a link when the log began.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.chain.links import Chain, Stream, name_of, stream_of
from face_rec.stores.stored_json import compact, text_to_time, time_to_text

Heads = Mapping[str, tuple[int, str]]
"""By the stream's name: how many entries, and the link of the last."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The head of ``day`` (or another stream) as it stood ``at`` some time."""

    day: Stream
    count: int
    link: str
    at: datetime
    signature: str = ""

    def text(self, site: str) -> str:
        """What versions before 2 signed."""
        return f"{site}|{name_of(self.day)}|{self.count}|{self.link}|{time_to_text(self.at)}"


@dataclass(frozen=True, slots=True)
class Entry:
    """``older``: of each day how many entries carry no link, and the digest of them."""

    log: str
    number: int
    at: datetime
    heads: Heads
    previous: str = ""
    older: Heads = field(default_factory=dict)
    signature: str = ""

    def text(self) -> str:
        """What is signed."""
        return compact(self._plain()).decode()

    def line(self) -> bytes:
        return compact({**self._plain(), "signature": self.signature}) + b"\n"

    def _plain(self) -> dict[str, Any]:
        return {
            "log": self.log,
            "n": self.number,
            "at": time_to_text(self.at),
            "heads": dict(sorted(self.heads.items())),
            "older": dict(sorted(self.older.items())),
            "previous": self.previous,
        }


def entry_of(line: bytes) -> Entry | None:
    """A line taken apart; None for what is none."""
    try:
        found: dict[str, Any] = json.loads(line)
        at = text_to_time(found["at"])
        if at is None:
            return None
        return Entry(
            str(found["log"]), int(found["n"]), at, _heads(found["heads"]),
            str(found["previous"]), _heads(found["older"]), str(found["signature"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _heads(found: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {str(name): (int(count), str(link)) for name, (count, link) in found.items()}


@dataclass(slots=True)
class LogState:
    """What a log says, read line by line; ``flaws`` are what is wrong with it."""

    chain: Chain
    name: str
    count: int = 0
    last: str = ""
    at: datetime | None = None
    began: datetime | None = None
    heads: dict[str, Seen] = field(default_factory=dict)
    older: dict[str, tuple[int, str]] = field(default_factory=dict)
    signatures: dict[int, str] = field(default_factory=dict)
    flaws: list[str] = field(default_factory=list)

    def read(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            entry = entry_of(line)
            if entry is None:
                self._flaw(msgid("is damaged or was changed"))
            else:
                self._take(entry)

    def next(self, at: datetime, heads: Heads, older: Heads | None = None) -> Entry:
        """The signed entry that comes next."""
        entry = Entry(self.name, self.count, at, heads, self.last, older or {})
        return Entry(
            entry.log, entry.number, at, heads, self.last, entry.older,
            self.chain.sign(entry.text()),
        )  # fmt: skip

    def _take(self, entry: Entry) -> None:
        signed = self.chain.signed(entry.text(), entry.signature)
        if signed is None:
            self._flaw(msgid("is signed with a key that is not known here"))
        elif not signed:
            self._flaw(msgid("is damaged or was changed"))
            return
        if (entry.number, entry.previous, entry.log) != (self.count, self.last, self.name):
            self._flaw(msgid("does not follow the one before: something was taken out or put in"))
        if not entry.number:
            self.began, self.older = entry.at, dict(entry.older)
        self.count, self.last, self.at = entry.number + 1, entry.signature, entry.at
        self.signatures[entry.number] = entry.signature
        for name, (count, link) in entry.heads.items():
            self.heads[name] = Seen(stream_of(name), count, link, entry.at)

    def _flaw(self, what: str) -> None:
        if len(self.flaws) < 5:
            self.flaws.append(
                sentence(
                    "Line {number} of the witness's log {log} {what}.",
                    number=self.count + 1,
                    log=self.name,
                    what=what,
                )
            )


# --- what versions before 2 kept: a JSON document a month; read only, and once more signed when
# the log begins


BEGAN: Final = "began"
"""Name of the document that says since when there is a chain; it names no day."""

DOCUMENT: Final = re.compile(rf"{BEGAN}|\d{{4}}-\d{{2}}")

Document = dict[str, Any]
Read = Callable[[str], bytes | None]
"""The bytes of the document of a name; None if there is none."""


def all_seen(names: list[str], read: Read) -> tuple[list[Seen], list[str]]:
    """Every day that was ever seen, and what is wrong with the documents: one that is damaged
    says nothing, and keeps none of the others from being read."""
    seen: list[Seen] = []
    flaws: list[str] = []
    for name in names:
        try:
            content = read(name) if name != BEGAN else None
            seen += _seen_in(_decoded(content, name)) if content is not None else []
        except StoreError as error:
            flaws.append(error.said)
    return seen, flaws


def _seen_in(document: Document) -> list[Seen]:
    try:
        return [
            Seen(
                date.fromisoformat(day),
                int(fields["count"]),
                str(fields["link"]),
                datetime.fromisoformat(fields["at"]),
                str(fields["signature"]),
            )
            for day, fields in sorted(document.items())
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            sentence(
                "A witness of the chain is damaged ({error}). Restore it from a backup.",
                error=f"{error!r}",
            )
        ) from error


def _decoded(content: bytes, name: str) -> Document:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise StoreError(
            sentence("The witness {name} is damaged. Restore it from a backup.", name=name)
        )
    return document
