"""The witness: heads of the chain as they were, kept outside Redis.

A log in DATA_DIR, copied to a bucket where there is one. Beside the chain's key, where only who
has the key can write, stands how far the log has come (the *pin*): so a log that was cut off or
taken away shows as well.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence
from face_rec.stores.chain.links import Chain
from face_rec.stores.witness import witness_entry
from face_rec.stores.witness.last_seen import LastSeen, last_seen
from face_rec.stores.witness.witness_entry import Entry, Heads, LogState, Seen, entry_of
from face_rec.stores.witness.witness_log import BucketLog, LogFolder
from face_rec.stores.witness.witness_pin import Pin, PinFile, against_pin


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

    def before_logs(self) -> tuple[list[Seen], list[str]]:
        """What versions without a log kept, only what they signed; and what is wrong with it."""
        names = self._folder.names()
        seen, flaws = witness_entry.all_seen(
            [name for name in names if witness_entry.DOCUMENT.fullmatch(name)], self._folder.read
        )
        site = self._chain.site
        return [one for one in seen if self._chain.signed(one.text(site), one.signature)], flaws

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

    def last_seen(self) -> LastSeen:
        """What the pin says of the database. Raises StoreError."""
        state = self._refreshed()
        return LastSeen() if state is None else last_seen(self._seen(state))

    def note(self, seen: LastSeen) -> None:
        """For whoever begins after this process; on the disk when it returns, beside a log that
        has begun and is whole. Raises StoreError."""
        with self._folder.alone():
            state = self._refreshed()
            if state is not None and not self._broken:
                self._write_pin(state, seen.written())

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
        states = {log: self._as_far_as_it_goes(log) for log in self._folder.logs()}
        for state in states.values():
            found.add(state)
        found.flaws += against_pin(states, pin)
        seen, flaws = self.before_logs()
        found.seen += seen
        found.flaws += flaws
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
        line, seen = state.next(at, heads, older).line(), self._seen(state)
        self._folder.append(state.name, at, line)
        state.read([line])
        self._write_pin(state, seen)
        self._wait_for_bucket(line)

    def _write_pin(self, state: LogState, seen: str) -> None:
        pin = Pin(state.name, state.count, state.last, seen)
        self._pin.write(replace(pin, signed=self._chain.sign(pin.text(self._chain.site))))

    def _seen(self, state: LogState) -> str:
        """As the pin has it, if it is of this place of the log: one that was kept and is put back
        later says nothing. A crash may have come between a line and its pin."""
        pin = self._pin.read()
        if pin is None or pin.log != state.name or state.count - pin.count > 1:
            return ""
        return pin.seen if self._chain.signed(pin.text(self._chain.site), pin.signed) else ""

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
                *against_pin({self._state.name: self._state}, pin),
            ]
        return self._state

    def _found(self) -> LogState | None:
        """Our log from before this start: the one that the pin names, else the newest."""
        pin = self._pin.read()
        logs = self._folder.logs()
        if pin is not None and pin.log not in logs:
            self._broken = against_pin({}, pin)
            return LogState(self._chain, pin.log)
        states = [self._read(log, self._folder.lines(log)) for log in logs]
        ours = [s for s in states if s.at is not None and (pin is None or s.name == pin.log)]
        return max(ours, key=lambda state: (state.at, state.name), default=None)

    def _as_far_as_it_goes(self, log: str) -> LogState:
        """A log of this machine; that a month of it cannot be read is one of its flaws."""
        state = LogState(self._chain, log)
        try:
            state.read(self._folder.lines(log))
        except StoreError as error:
            state.flaws.append(error.said)
        return state

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
                sentence(
                    "The copy of the witness's log {log} in {bucket} differs from the one in "
                    "{folder}.",
                    log=state.name,
                    bucket=bucket.name,
                    folder=self._folder.name,
                )
            )
            return
        self._hours = {}
        for line in ours:
            self._wait_for_bucket(line + b"\n")
        self._reached = start + len(copied)
        self._copied = True


def _hour(entry: Entry) -> str:
    return f"{entry.at:%Y-%m-%dT%H}"


def _against_copy(ours: LogState | None, copy: LogState, pin: Pin | None) -> list[str]:
    """The copy may lack the newest lines, never have others or more."""
    if ours is None:
        if pin is not None and pin.log == copy.name:
            return [
                sentence(
                    "The witness's log {log} is in the bucket, but not on this machine.",
                    log=copy.name,
                )
            ]
        return []
    if copy.count > ours.count:
        return [
            sentence(
                "The witness's log {log} has {copied} lines in the bucket, but {count} on this "
                "machine: lines were taken away here.",
                log=copy.name,
                copied=copy.count,
                count=ours.count,
            )
        ]
    if copy.count and ours.signatures.get(copy.count - 1) != copy.last:
        return [
            sentence(
                "The witness's log {log} differs between the bucket and this machine.",
                log=copy.name,
            )
        ]
    return []
