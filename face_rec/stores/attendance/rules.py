"""Attendance rules in Redis: one hash a kind, one version over all of them."""

import dataclasses
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import KINDS, Item, Limits, Rules, kind_of, subject_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.clock_state import ClockNote
from face_rec.domain.errors import Conflict, RulesMoved
from face_rec.kiosks.kiosk import Interval, KioskRecord
from face_rec.languages.language import msgid
from face_rec.retry import until_first
from face_rec.stores.attendance.rule_codec import MalformedRule, ReadEntries, decode, encode
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linking import Command, Guard
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script
from face_rec.stores.stored_json import Reader, written

log = logging.getLogger(__name__)

BEAT_GAP: Final = 180  # seconds: a kiosk beats every half minute, and a beat may be late
_UNKNOWN: Final = ClockNote()
_note: Final = Reader(ClockNote)
_BEAT = Script("beat")
_PUT = Script("put_rules")
_MOVED: Final = msgid("Somebody else changed the rules meanwhile. Look at them again.")


class RedisRules:
    """A ``RulesStore``. Safe to call from several threads and processes at once. With a
    ``ledger`` every change is linked to the one before it, with a keyed digest of the rule."""

    def __init__(self, client: Client, site: str, ledger: Ledger | None = None) -> None:
        self._client = client
        self._site = site
        self._ledger = ledger
        self._read = {kind.name: ReadEntries(kind.of) for kind in KINDS}

    @redis_errors()
    def version(self) -> int:
        return int(self._client.hget(keys.rules(self._site), keys.VERSION) or 0)

    @redis_errors()
    def epoch(self) -> str:
        key = keys.rules(self._site)
        self._client.hsetnx(key, keys.EPOCH, secrets.token_hex(8))
        return cast("bytes", self._client.hget(key, keys.EPOCH)).decode()

    @redis_errors()
    def load(self) -> Rules:
        """All entries, sorted by id; those not understood are in ``malformed``."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.hget(keys.rules(self._site), keys.VERSION)
        for kind in KINDS:
            pipeline.hgetall(keys.rule(self._site, kind.name))
        version, *hashes = pipeline.execute()
        malformed: list[str] = []
        found = {
            kind.name: self._read[kind.name].read(_mapping(stored), malformed)
            for kind, stored in zip(KINDS, hashes, strict=True)
        }
        if malformed:
            log.warning("rules_malformed count=%d", len(malformed))
        return _rules(found, int(version or 0), tuple(malformed))

    @redis_errors()
    def kiosks(self) -> tuple[KioskRecord, ...]:
        """The kiosks alone: asked for again and again while cameras run, and a site's leave and
        shifts may be many."""
        stored = cast(
            "Mapping[bytes, bytes]", self._client.hgetall(keys.rule(self._site, "kiosks"))
        )
        return ReadEntries(KioskRecord).read(stored, [])

    @redis_errors()
    def known(self, items: Sequence[Item]) -> list[Item]:
        """These alone, of however many there are; limits always stand."""
        pipeline = self._client.pipeline(transaction=False)
        for item in items:
            pipeline.hget(self._hash_of(item), item.id)
        found: list[Item] = []
        for item, text in zip(items, pipeline.execute() if items else (), strict=True):
            stored = {} if text is None else {item.id.encode(): cast("bytes", text)}
            read = ReadEntries(type(item)).read(stored, [])
            found += read or ([Limits()] if isinstance(item, Limits) else [])
        return found

    @redis_errors()
    def put(self, *items: Item, seen: int | None = None) -> None:
        self._change([(item, self._text(item)) for item in items], seen)

    @redis_errors()
    def remove(self, *items: Item, seen: int | None = None) -> None:
        self._change([(item, "") for item in items], seen)

    def _change(self, entries: Sequence[tuple[Item, str]], seen: int | None) -> None:
        if self._ledger is not None:
            self._linked(self._ledger, entries, seen)
            return
        names = [keys.rules(self._site), *(self._hash_of(item) for item, _ in entries)]
        texts = [part for item, text in entries for part in (item.id, text)]
        if not _PUT.run(self._client, names, ["" if seen is None else seen, *texts]):
            raise RulesMoved(_MOVED)

    def _linked(
        self, ledger: Ledger, entries: Sequence[tuple[Item, str]], seen: int | None
    ) -> None:
        """The same, with an entry in the chain."""
        states: dict[str, str | None] = {}
        commands: list[Command] = []
        for item, text in entries:
            name = f"{kind_of(item).name}/{item.id}"
            states[name] = rule_digest(ledger, name, text) if text else None
            words = ("HSET", item.id, text) if text else ("HDEL", item.id)
            commands.append(Command(self._hash_of(item), words))
        commands.append(Command(keys.rules(self._site), ("HINCRBY", keys.VERSION, 1)))
        about = {who for item, text in entries if text and (who := subject_of(item))}
        try:
            guard = None if seen is None else self._guard(seen)
            ledger.write(states, commands, guard, about=sorted(about), apart=True)
        except Conflict:
            raise RulesMoved(_MOVED) from None

    def _guard(self, version: int) -> Guard:
        # Offered again, a rule gives way to a newer one of its own name, not to any other.
        value = str(version) if version else ""
        return Guard(keys.rules(self._site), keys.VERSION, value, again=False)

    # --- the chain's view

    @redis_errors()
    def stored(self) -> dict[str, str]:
        """Every rule as it is stored, by the name that the chain has for it."""
        pipeline = self._client.pipeline(transaction=True)
        for kind in KINDS:
            pipeline.hgetall(keys.rule(self._site, kind.name))
        return {
            f"{kind.name}/{_text(entry_id)}": _text(text)
            for kind, stored in zip(KINDS, pipeline.execute(), strict=True)
            for entry_id, text in _mapping(stored).items()
        }

    def begin(self) -> None:
        """Enter the rules of before the chain; nothing to do if that was done."""
        ledger = self._ledger
        if ledger is None or ledger.complete():
            return
        version = self.version()
        states = {n: rule_digest(ledger, n, text) for n, text in self.stored().items()}
        ledger.begin(states, self._guard(version))

    @redis_errors()
    def beat(
        self,
        kiosk: str,
        at: datetime,
        since: datetime | None = None,
        waiting: int = 0,
        clock: ClockNote = _UNKNOWN,
    ) -> None:
        """Note a sign of life of a registered kiosk; of any other, nothing."""
        if not self._client.hexists(keys.rule(self._site, "kiosks"), kiosk):
            return
        day = keys.beats(self._site, at.astimezone(UTC).date())
        start = since or at
        arguments: list[str | bytes | int] = [
            kiosk,
            int(start.timestamp()),
            int(at.timestamp()),
            BEAT_GAP,
            waiting,
            keys.waiting(kiosk),
            written(clock),
            keys.clock_of(kiosk),
        ]
        if _BEAT.run(self._client, [day], arguments):
            self._watch(kiosk, start)

    @redis_errors()
    def beats(self, utc_days: Sequence[date]) -> Mapping[str, list[Interval]]:
        pipeline = self._client.pipeline(transaction=False)
        for day in utc_days:
            pipeline.hgetall(keys.beats(self._site, day))
        found: dict[str, list[Interval]] = defaultdict(list)
        for stored in pipeline.execute() if utc_days else ():
            for field, text in stored.items():
                if "\n" not in (kiosk := field.decode()):
                    found[kiosk] += _intervals(text)
        return found

    @redis_errors()
    def waiting(self, utc_day: date) -> Mapping[str, int]:
        stored: Any = self._client.hgetall(keys.beats(self._site, utc_day))
        named = {keys.kiosk_waiting(field.decode()): text for field, text in stored.items()}
        return {kiosk: int(text) for kiosk, text in named.items() if kiosk and text.isdigit()}

    @redis_errors()
    def clocks(self, utc_day: date) -> Mapping[str, ClockNote]:
        stored: Any = self._client.hgetall(keys.beats(self._site, utc_day))
        found: dict[str, ClockNote] = {}
        for field, text in stored.items():
            if kiosk := keys.kiosk_of_clock(field.decode()):
                with suppress(ValueError):  # of another version: it tells nothing
                    found[kiosk] = _note(text)
        return found

    def _text(self, item: Item) -> str:
        """As it is to be stored; "": not at all."""
        if isinstance(item, RosterWeek) and item.empty:
            return ""
        entry = cast("bytes | None", self._client.hget(self._hash_of(item), item.id))
        return encode(item, entry)

    def _hash_of(self, item: Item) -> str:
        return keys.rule(self._site, kind_of(item).name)

    def _watch(self, kiosk: str, at: datetime) -> None:
        """What an admin saves at the same moment stays: then it is looked at again."""

        def note() -> None:
            version = self.version()
            stored = self._client.hget(keys.rule(self._site, "kiosks"), kiosk)
            try:
                known = decode(KioskRecord, kiosk, cast("bytes", stored or b""))
            except MalformedRule:  # or removed meanwhile
                return  # shown to the admin as malformed; not ours to overwrite
            if known.watched_from is None:
                self.put(dataclasses.replace(known, watched_from=at), seen=version)

        until_first(note, tries=None, lost=RulesMoved)


def rule_digest(ledger: Ledger, name: str, text: str) -> str:
    """What the chain keeps of a rule: nobody without the key can make or guess it."""
    return ledger.chain.sign(f"rule|{name}|{text}")


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "backslashreplace")


def _mapping(reply: Mapping[bytes, bytes] | Sequence[bytes]) -> Mapping[bytes, bytes]:
    """A hash as it comes out of a transaction: a cluster's client leaves it flat."""
    if isinstance(reply, Mapping):
        return reply
    return dict(zip(reply[::2], reply[1::2], strict=True))


def _rules(
    found: Mapping[str, tuple[Item, ...]], version: int, malformed: tuple[str, ...]
) -> Rules:
    limits = cast("tuple[Limits, ...]", found["limits"])
    return Rules(
        shifts=cast("tuple[Shift, ...]", found["shifts"]),
        assignments=cast("tuple[Assignment, ...]", found["assignments"]),
        employments=cast("tuple[Employment, ...]", found["employments"]),
        holidays=cast("tuple[Holiday, ...]", found["holidays"]),
        leaves=cast("tuple[Leave, ...]", found["leaves"]),
        leave_types=cast("tuple[LeaveType, ...]", found["leave_types"]),
        allowances=cast("tuple[Allowance, ...]", found["allowances"]),
        rosters=cast("tuple[RosterWeek, ...]", found["rosters"]),
        mobiles=cast("tuple[MobilePunch, ...]", found["mobiles"]),
        kiosks=cast("tuple[KioskRecord, ...]", found["kiosks"]),
        limits=limits[0] if limits else Limits(),
        version=version,
        malformed=malformed,
    )


def _intervals(text: bytes) -> list[Interval]:
    try:
        return [(int(first), int(last)) for first, last in json.loads(text)]
    except (ValueError, TypeError):
        return []  # a kiosk's history is worth less than the page that shows it
