"""One file of the journal: its lines, which of its events still wait, and its lock.

A segment stands for itself: that an event is settled is written behind it in the same file,
so that whoever finds the file needs no other one to read it. A line is an event, or that one is
settled, and a seal over it: ``{"event": …, "seal": "…"}`` or ``{"settled": id, "seal": "…"}``,
with ``"void": true`` before the seal where it became no mark.
Lines without a seal were written by versions before this one, and are read alike.
"""

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.domain.marks import Event
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.attendance import event_codec
from face_rec.stores.journal.line_seal import LineSeal
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.stored_json import Reader, compact

log = logging.getLogger(__name__)

SUFFIX: Final = ".jsonl"
_SPARSE: Final = 8  # a file of which less than one line in so many still waits is mostly waste
_SMALL: Final = 100  # events; fewer are copied rather than kept in a file of their own
_SEALED: Final = b',"seal":"'  # inside a JSON text a quote has a backslash before it
_END: Final = b'"}'
_EVENT: Final = b'{"event":'
_NO_EVENT: Final = "-"
_JOINED: Final = re.compile(rb'(?s)(?<="\}).(?=\{"(?:event|settled)":)')
"""The end of a line, whatever became of it."""
_CUT: Final = msgid("the line was cut off by a crash before it was confirmed, or damaged since")


class BadLine(ValueError):
    """A line that is none of ours, or no longer as it was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says: an event, or the id of a settled one; ``void`` if that is no mark."""

    event: Event | None = None
    settled: str = ""
    void: bool = False


_read: Final = Reader(Line)


class Segment:
    """An open, locked file and the events in it that wait, in order. Callers keep each
    other out; all methods may raise OSError."""

    def __init__(self, path: Path, file: int, seal: LineSeal) -> None:
        self.path = path
        self.file = file
        self.waiting: dict[str, Event] = {}
        self.size = 0  # bytes
        self.settled = 0  # events
        self._seal = seal
        self._lines = 0
        self._torn = False  # a write failed half-way: the next line begins with an end
        self._unsaid = b""  # ends of events that the disk refused to take

    @property
    def oldest(self) -> datetime:
        """Time of the first event that waits; there must be one."""
        return next(iter(self.waiting.values())).at

    @property
    def unsaid(self) -> bytes:
        """Lines that the disk has refused so far: ends of events that lie in it."""
        return self._unsaid

    @property
    def sparse(self) -> bool:
        return len(self.waiting) * _SPARSE < self._lines

    @property
    def small(self) -> bool:
        return len(self.waiting) < _SMALL

    def add(self, event: Event) -> None:
        """Write ``event``; whoever needs it on the disk syncs the file."""
        self._write(event_line(event, self._seal))
        self.waiting[event.id] = event

    def settle(self, event_id: str, *, void: bool = False) -> None:
        """Write that the event is settled; what the disk refuses stands before the next line."""
        self.waiting.pop(event_id, None)
        self.settled += 1
        self._unsaid += settled_line(event_id, self._seal, void=void)
        self.say()

    def say(self) -> None:
        """Write which events are settled, where that failed before."""
        if self._unsaid:
            self._write(b"")

    def finish(self) -> None:
        """The same, and all of the file on the disk."""
        self.say()
        files.sync_file(self.file)

    def say_nothing(self) -> None:
        """Write a line that changes nothing, to see whether the disk takes one."""
        self._write(settled_line(_NO_EVENT, self._seal))

    def clear(self) -> None:
        """Empty the file: nothing in it waits."""
        self.waiting.clear()
        os.ftruncate(self.file, 0)
        self.size = self._lines = self.settled = 0
        self._torn, self._unsaid = False, b""

    def discard(self) -> None:
        """Empty, close and remove; on Windows an open file cannot be removed."""
        try:
            os.ftruncate(self.file, 0)
        finally:
            self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self.file)

    def read(self, quarantine: Quarantine) -> None:
        """Learn what waits in a file that another process left. What is no line is set aside,
        also one cut by a crash, which was never confirmed: a damaged end looks the same."""
        content = self.path.read_bytes()
        self.size = len(content)
        *whole, cut = content.split(b"\n")
        for line in filter(bytes.strip, whole):
            self._lines += 1
            self._believe(line, quarantine)
        *joined, cut = _JOINED.split(cut)
        for line in joined:
            self._believe(line, quarantine)
        if cut:
            self._mend(cut, quarantine)

    def _believe(self, line: bytes, quarantine: Quarantine) -> None:
        """Learn what ``line`` says; where the end of a line was damaged, of each by itself."""
        try:
            self._learn(parsed(line, self._seal))
        except BadLine as error:
            first, *others = _JOINED.split(line)
            if not others:
                self._set_aside(line, str(error), quarantine)
                return
            for part in (first, *others):
                self._believe(part, quarantine)

    def _mend(self, cut: bytes, quarantine: Quarantine) -> None:
        """Give the last line its end, or take it away."""
        line = next((part for part in (cut, cut[:-1]) if _holds(part, self._seal)), b"")
        if line:
            self._learn(parsed(line, self._seal))
        else:
            self._set_aside(cut, _CUT, quarantine)
        self.size -= len(cut) - len(line)
        os.ftruncate(self.file, self.size)
        if line:
            files.write_all(self.file, b"\n")
            self.size += 1

    def _set_aside(self, line: bytes, reason: str, quarantine: Quarantine) -> None:
        log.error("journal_line_bad file=%s reason=%s", self.path.name, reason)
        set_aside(quarantine, line + b"\n", reason)

    def _learn(self, line: Line) -> None:
        if line.event is not None:
            self.waiting[line.event.id] = line.event
        elif self.waiting.pop(line.settled, None) is not None:
            self.settled += 1

    def _write(self, line: bytes) -> None:
        line = (b"\n" if self._torn else b"") + self._unsaid + line
        try:
            files.write_all(self.file, line)
        except OSError:
            self._torn = True
            os.ftruncate(self.file, self.size)
            self._torn = False
            raise
        self._torn, self._unsaid = False, b""
        self.size += len(line)
        self._lines += line.count(b"\n")


def create(folder: Path, seal: LineSeal, kept: Iterable[Event] = ()) -> Segment:
    """A new segment that holds ``kept``, on the disk. Called under the folder's lock, so that
    nobody takes it for a leftover before it is locked. Raises OSError."""
    path = folder / f"{secrets.token_hex(8)}{SUFFIX}"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    segment = Segment(path, file, seal)
    try:
        files.lock(file)
        for event in kept:
            segment.add(event)
        files.sync_file(file)
        files.sync_folder(folder)
    except OSError:
        segment.discard()
        raise
    return segment


def take_over(path: Path, seal: LineSeal) -> Segment | None:
    """The segment at ``path``, unread, if no living process holds it. Raises OSError."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:  # another was faster
        return None
    if files.lock(file):
        return Segment(path, file, seal)
    os.close(file)
    return None


def event_line(event: Event, seal: LineSeal) -> bytes:
    return _sealed(_EVENT + event_codec.encode(event) + b"}", seal)


def settled_line(event_id: str, seal: LineSeal, *, void: bool = False) -> bytes:
    return _sealed(compact({"settled": event_id, **({"void": True} if void else {})}), seal)


def parsed(line: bytes, seal: LineSeal) -> Line:
    """What ``line``, without its end, says. Raises BadLine."""
    body, signature = _parted(line)
    if not seal.check(body, signature):
        raise BadLine(msgid("the line was changed since it was written"))
    try:
        found = _read(body)
        if found.event is not None:
            event = event_codec.checked(found.event)
            return Line(event=event_codec.with_all(event, body[len(_EVENT) : -1]))
    except (ValueError, RecursionError) as error:
        raise BadLine(
            sentence("not an entry of the journal: {error}", error=repr(error))
        ) from error
    if not found.settled:
        raise BadLine(msgid("not an entry of the journal: neither an event nor the end of one"))
    return found


def _sealed(body: bytes, seal: LineSeal) -> bytes:
    return body[:-1] + _SEALED + seal.sign(body).encode("ascii") + _END + b"\n"


def _parted(line: bytes) -> tuple[bytes, str]:
    body, mark, signature = line.rpartition(_SEALED)
    if not mark or not signature.endswith(_END):
        return line, ""
    return body + b"}", signature[: -len(_END)].decode("ascii", "replace")


def readable(line: bytes, seal: LineSeal) -> bool:
    """Whether a line that was set aside is an event of ours."""
    return _holds(line := line.rstrip(b"\n"), seal) and parsed(line, seal).event is not None


def _holds(line: bytes, seal: LineSeal) -> bool:
    try:
        parsed(line, seal)
    except BadLine:
        return False
    return True


def set_aside(quarantine: Quarantine, line: bytes, reason: str) -> None:
    """Keep a line as a journal of its own, which can be moved back. Raises OSError."""
    quarantine.put(f"{_name_of(line)}{SUFFIX}", line, reason)


def _name_of(line: bytes) -> str:
    """The same for the same line, so that one read twice is set aside once."""
    return hashlib.sha256(line).hexdigest()[:16]
