"""The kiosks' records as cameras, pages and the gate ask for them again and again.

Up to 0.3.0 a linked device had title, hours and the switch for PINs in its own record of
access, beside the kiosk's record among the rules. What still lies there is taken over before the
next answer: at the first start, after one without the database, and where a backup of before is
restored under a running app.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from face_rec.access.devices.device import Device
from face_rec.access.storage import Records
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import RulesWriter
from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, RulesMoved, StoreError
from face_rec.kiosks.kiosk import KioskRecord, alike_but_dated
from face_rec.kiosks.offline import Capture, Tally
from face_rec.retry import until_first
from face_rec.stores.access.access_codec import decode
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

_OLD_FIELD: Final = "title"
"""Every device of before has one, no device since."""


@dataclass(frozen=True, slots=True)
class OldDevice:
    """What a device said of its kiosk; ``digest`` is that of its token: None: not linked."""

    id: str
    title: str
    digest: str | None = None
    opens: time = time(0, 0)
    closes: time = time(0, 0)
    pin: bool = False


class KioskRecords:
    """Safe to call from any thread and process; all may raise StoreUnavailable.

    Each kiosk is taken over in one write and then has a title, which no record of before had:
    so nothing that an admin saves afterwards is undone by a second start, or by one that was
    killed before the device's own record was rewritten.
    """

    def __init__(
        self,
        client: Client,
        site: str,
        rules: RedisRules,
        *,
        writer: RulesWriter,
        devices: Records[Device],
        today: Callable[[], date],
    ) -> None:
        """``writer`` notes in the audit log what it writes. ``today``: in the site's zone."""
        self._client = client
        self._site = site
        self._rules = rules
        self._writer = writer
        self._devices = devices
        self._today = today

    def load(self) -> tuple[KioskRecord, ...]:
        """Every registered kiosk, by name."""
        self.take_over()
        return self._rules.kiosks()

    def add(self, record: KioskRecord) -> None:
        """Register a kiosk unless there is one of this name."""

        def write() -> None:
            rules = self._rules.load()
            if not any(one.id == record.id for one in rules.kiosks):
                self._writer.put(record, seen=rules.version)

        until_first(write, tries=None, lost=RulesMoved)

    def take_over(self) -> None:
        """Move what devices of before said into the kiosks' records; nothing to do if that was
        done."""
        found = self._old_devices()
        if not found:
            return
        done = until_first(lambda: self._write(found), tries=None, lost=RulesMoved)
        for name in done:
            self._rewrite(name)
        if done:
            log.warning("kiosks_taken_over kiosks=%s", ",".join(done))

    @redis_errors()
    def _old_devices(self) -> list[OldDevice]:
        stored: Any = self._client.hgetall(access_keys.access(self._site, "devices"))
        return [old for text in stored.values() if (old := _old(text)) is not None]

    def _write(self, found: Sequence[OldDevice]) -> list[str]:
        """The kiosks that have their own record now, with what was said of them in it."""
        rules, today = self._rules.load(), self._today()
        known = {one.id: one for one in rules.kiosks}
        unread = self._names() - known.keys()  # shown to the admin as malformed; not ours
        mine = [old for old in found if old.id not in unread]
        made = [
            taken_over(known.get(old.id), old, today)
            for old in mine
            if not (old.id in known and known[old.id].title)
        ]
        if made:
            self._writer.put(*made, seen=rules.version)
        return [old.id for old in mine]

    @redis_errors()
    def _names(self) -> set[str]:
        stored: Any = self._client.hkeys(keys.rule(self._site, "kiosks"))
        return {name.decode(errors="replace") for name in stored}

    def _rewrite(self, name: str) -> None:
        """Without what it does not say any more; whoever was faster has done the same."""
        device = self._devices.get(name)
        if device is not None:
            with suppress(Conflict):
                self._devices.update(device)


def taken_over(stored: KioskRecord | None, old: OldDevice, today: date) -> KioskRecord:
    """The kiosk's record with what its device said. Where the two differ about PINs, the device
    is right if one is linked, for it is what people stand before; else what browsers went by."""
    record = stored or KioskRecord(old.id, pin=old.pin)
    now = rule_version.at(record, today)
    wanted = replace(
        now, title=old.title, opens=old.opens, closes=old.closes,
        pin=old.pin if old.digest else now.pin, watched_from=record.watched_from,
    )  # fmt: skip
    return alike_but_dated(record, wanted)


def _old(text: bytes) -> OldDevice | None:
    """None for a device of today, and for what opens nothing because nobody can read it."""
    try:
        if _OLD_FIELD not in json.loads(text):
            return None
        return decode(OldDevice, text)
    except (ValueError, TypeError, StoreError):
        return None


# What kiosks have handed over that they took while the server was away.

_REMEMBERED: Final = timedelta(days=7)
_TOLD: Final = timedelta(days=30)


class RedisHandedOver:
    """A ``HandedOver``. Safe to call from several threads and processes at once; nothing of it is
    in a backup, for a mark's own id keeps it from being made twice."""

    def __init__(self, client: Client, site: str, clock: Clock) -> None:
        self._client = client
        self._site = site
        self._clock = clock

    @redis_errors()
    def known(self, capture: Capture) -> bool:
        return bool(self._client.exists(self._still(capture)))

    @redis_errors()
    def note(self, capture: Capture, became: Tally) -> None:
        if not self._client.set(self._still(capture), b"1", nx=True, ex=_REMEMBERED):
            return
        key, now = keys.handed_over_by(self._site, capture.kiosk), self._clock.now()
        pipeline = self._client.pipeline(transaction=True)
        for name in _COUNTED:
            pipeline.hincrby(key, name, getattr(became, name))
        pipeline.hset(key, "last", now.isoformat())
        pipeline.expire(key, _TOLD)
        pipeline.execute()

    @redis_errors()
    def of(self, kiosk: str) -> Tally:
        stored: Any = self._client.hgetall(keys.handed_over_by(self._site, kiosk))
        if not stored:
            return Tally()
        counts = {name: int(stored.get(name.encode(), 0)) for name in _COUNTED}
        return Tally(**counts, last=datetime.fromisoformat(stored[b"last"].decode()))

    def _still(self, capture: Capture) -> str:
        digest = hashlib.sha256(f"{capture.kiosk}\n{capture.entry}".encode()).hexdigest()
        return keys.handed_over(self._site, digest)


_COUNTED: Final = ("stills", "marks", "nobody", "refused")
