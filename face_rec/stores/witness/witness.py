"""The witness: heads of the chain as they were, kept outside Redis.

A log in DATA_DIR, copied to a bucket where there is one. Beside the chain's key, where only who
has the key can write, stands how far the log has come (the *pin*): so a log that was cut off or
taken away shows as well.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from face_rec.domain.errors import StoreError
from face_rec.stores.chain.links import Chain, stream_of
from face_rec.stores.durable_file import write_durable
from face_rec.stores.witness import documents
from face_rec.stores.witness.witness_entry import Entry, Heads, LogState, Seen, entry_of
from face_rec.stores.witness.witness_log import BucketLog, LogFolder

_CUT: Final = (
    "The witness's log {log} has {count} lines, and there were {pinned}: lines were taken away at "
    "its end. Put the folder back from a backup or the bucket."
)


@dataclass(frozen=True, slots=True)
class Pin:
    """``count`` lines of ``log`` were written, and the last is signed ``last``."""

    log: str
    count: int
    last: str


class PinFile:
    """The pin in a file of the keys' folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Pin | None:
        try:
            found = json.loads(self._path.read_bytes())
            return Pin(str(found["log"]), int(found["count"]), str(found["last"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self._path} cannot be read ({type(error).__name__}). Restore it, with the "
                "chain's key beside it, from your copy."
            ) from error

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)

    def write(self, pin: Pin) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = {"log": pin.log, "count": pin.count, "last": pin.last}
        write_durable(self._path, json.dumps(content).encode() + b"\n")


@dataclass(slots=True)
class Evidence:
    """All that witnesses say. ``older`` is None where nobody saw the beginning."""

    seen: list[Seen] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    began: datetime | None = None
    older: Mapping[str, tuple[int, str]] | None = None

    def add(self, state: LogState) -> None:
        self.seen += state.heads.values()
        self.flaws += state.flaws
        if state.began is not None and (self.began is None or state.began < self.began):
            self.began, self.older = state.began, state.older


class Witness:
    """One machine's log. Processes of a machine share it; callers keep threads out."""

    def __init__(
        self, chain: Chain, folder: LogFolder, pin: PinFile, bucket: BucketLog | None = None
    ) -> None:
        self._chain = chain
        self._folder = folder
        self._pin = pin
        self._bucket = bucket
        self._state: LogState | None = None
        self._hours: dict[str, list[bytes]] = {}  # of the bucket: what it lacks, by hour
        self._copied = False  # whether what the bucket has was looked at
        self._reached = 0  # lines that the bucket has
        self._broken: list[str] = []

    @property
    def places(self) -> tuple[str, ...]:
        return (self._folder.name, *([self._bucket.name] if self._bucket else []))

    @property
    def broken(self) -> str:
        """What is wrong with the log itself; then nothing is added to it."""
        return " ".join(self._broken)

    def known(self) -> Mapping[str, Seen] | None:
        """The heads by stream as our log has them; None if it has not begun."""
        state = self._refreshed()
        return None if state is None else state.heads

    def before_logs(self) -> list[Seen]:
        """What versions without a log kept; only what they signed. Raises StoreError."""
        names = self._folder.names()
        seen = documents.all_seen(
            [name for name in names if documents.NAME.fullmatch(name)], self._folder.read
        )
        site = self._chain.site
        return [one for one in seen if self._chain.signed(one.text(site), one.signature)]

    def begin(self, at: datetime, heads: Heads, older: Heads) -> None:
        """Start a log of our own."""
        with self._folder.alone():
            if self._refreshed() is None:
                self._state = LogState(self._chain, secrets.token_hex(8))
                self._write(self._state, at, heads, older)

    def append(self, at: datetime, heads: Heads) -> None:
        """Note ``heads``. Raises StoreUnavailable; nothing is noted while it is broken."""
        with self._folder.alone():
            state = self._refreshed()
            if state is not None and not self._broken:
                self._write(state, at, heads)

    def copy(self) -> None:
        """Bring what is new to the bucket. Raises StoreUnavailable: then the next time."""
        if self._bucket is None:
            return
        with self._folder.alone():
            state = self._refreshed()
            if state is None or self._broken:
                return
            if not self._copied:
                self._compare(self._bucket, state)
            if not self._broken and state.count > self._reached:
                self._send(self._bucket, state)

    def evidence(self) -> Evidence:
        """Everything, read anew and checked against each other. Raises StoreError."""
        found = Evidence()
        pin = self._pin.read()
        states = {log: self._read(log, self._folder.lines(log)) for log in self._folder.logs()}
        for state in states.values():
            found.add(state)
        found.flaws += _against_pin(states, pin)
        found.seen += self.before_logs()
        if self._bucket is not None:
            for log in self._bucket.logs():
                copy = self._read(log, self._bucket.lines(log))
                found.add(copy)
                found.flaws += _against_copy(states.get(log), copy, pin)
        return found

    # --- steps

    def _write(
        self, state: LogState, at: datetime, heads: Heads, older: Heads | None = None
    ) -> None:
        line = state.next(at, heads, older).line()
        self._folder.append(state.name, at, line)
        state.read([line])
        self._pin.write(Pin(state.name, state.count, state.last))
        self._wait_for_bucket(line)

    def _refreshed(self) -> LogState | None:
        """Our log with what other processes have added; None before its first line."""
        if self._state is None:
            self._state = self._found()
        else:
            lines = list(self._folder.lines(self._state.name, self._state.count))
            self._state.read(lines)
            for line in lines:
                self._wait_for_bucket(line + b"\n")
        if self._state is not None:
            pin = self._pin.read()
            self._broken = [
                *self._state.flaws,
                *_against_pin({self._state.name: self._state}, pin),
            ]
        return self._state

    def _found(self) -> LogState | None:
        """Our log from before this start: the one that the pin names, else the newest."""
        pin = self._pin.read()
        logs = self._folder.logs()
        if pin is not None and pin.log not in logs:
            self._broken = [_CUT.format(log=pin.log, count=0, pinned=pin.count)]
            return LogState(self._chain, pin.log)
        states = [self._read(log, self._folder.lines(log)) for log in logs]
        ours = [s for s in states if s.at is not None and (pin is None or s.name == pin.log)]
        return max(ours, key=lambda state: (state.at, state.name), default=None)

    def _read(self, log: str, lines: Iterator[bytes]) -> LogState:
        state = LogState(self._chain, log)
        state.read(lines)
        return state

    def _wait_for_bucket(self, line: bytes) -> None:
        if self._bucket is None:
            return
        entry = entry_of(line)
        if entry is not None:
            # A clock that was set back begins no earlier hour: that object is written already.
            hour = max([_hour(entry), *self._hours])
            self._hours.setdefault(hour, []).append(line)

    def _send(self, bucket: BucketLog, state: LogState) -> None:
        """Every hour that is new or goes on; the newest stays, to be gone on with."""
        for hour in sorted(self._hours):
            bucket.put(state.name, hour, self._hours[hour])
        newest = max(self._hours)
        self._hours = {newest: self._hours[newest]}
        self._reached = state.count

    def _compare(self, bucket: BucketLog, state: LogState) -> None:
        """At the start: what the bucket lacks, and whether it has what our log lacks."""
        copied = bucket.newest(state.name)
        first = entry_of(copied[0]) if copied else None
        start = first.number if first else 0
        ours = list(self._folder.lines(state.name, start))
        if copied != ours[: len(copied)]:
            self._broken.append(
                f"The copy of the witness's log {state.name} in {bucket.name} differs from the "
                f"one in {self._folder.name}."
            )
            return
        self._hours = {}
        for line in ours:
            self._wait_for_bucket(line + b"\n")
        self._reached = start + len(copied)
        self._copied = True


def forget_blank(folder: LogFolder, pin: PinFile) -> None:
    """Before a restore: logs that an app without data has begun, and that witnessed nothing."""
    for log in folder.logs():
        entries = [entry_of(line) for line in folder.lines(log)]
        if all(entry is not None and _is_blank(entry) for entry in entries):
            folder.remove(log)
            known = pin.read()
            if known is not None and known.log == log:
                pin.remove()


def _is_blank(entry: Entry) -> bool:
    """Streams other than days begin with one entry that says that nothing was there."""
    heads = entry.heads.items()
    return not entry.older and all(
        isinstance(stream_of(name), str) and count <= 1 for name, (count, _) in heads
    )


def restored_pin(folder: LogFolder, pin: PinFile) -> None:
    """After a restore onto another machine: the restored log is this one's from now on."""
    if pin.read() is not None:
        return
    last = [
        (entry.at, entry)
        for log in folder.logs()
        for line in list(folder.lines(log))[-1:]
        if (entry := entry_of(line)) is not None
    ]
    if last:
        entry = max(last, key=lambda one: one[0])[1]
        pin.write(Pin(entry.log, entry.number + 1, entry.signature))


def _hour(entry: Entry) -> str:
    return f"{entry.at:%Y-%m-%dT%H}"


def _against_pin(states: Mapping[str, LogState], pin: Pin | None) -> list[str]:
    if pin is None:
        return []
    state = states.get(pin.log)
    count = state.count if state else 0
    if state is None or count < pin.count:
        return [_CUT.format(log=pin.log, count=count, pinned=pin.count)]
    if state.signatures.get(pin.count - 1) != pin.last:
        return [f"The witness's log {pin.log} is not the one that was written here."]
    return []


def _against_copy(ours: LogState | None, copy: LogState, pin: Pin | None) -> list[str]:
    """The copy may lack the newest lines, never have others or more."""
    if ours is None:
        if pin is not None and pin.log == copy.name:
            return [f"The witness's log {copy.name} is in the bucket, but not on this machine."]
        return []
    if copy.count > ours.count:
        return [
            f"The witness's log {copy.name} has {copy.count} lines in the bucket, but "
            f"{ours.count} on this machine: lines were taken away here."
        ]
    if copy.count and ours.signatures.get(copy.count - 1) != copy.last:
        return [f"The witness's log {copy.name} differs between the bucket and this machine."]
    return []
