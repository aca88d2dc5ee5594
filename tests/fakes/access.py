"""Access control in memory: small stores, and what is built on them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Generic, cast

from argon2 import PasswordHasher

from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.audit import BY_STRANGERS, AuditEntry, Refusals
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.changes import Changes
from face_rec.access.control.tabs import Tabs
from face_rec.access.devices.credentials import Link, LinkStore
from face_rec.access.devices.device import Beat, Device
from face_rec.access.devices.devices import Devices
from face_rec.access.devices.pins import Pins
from face_rec.access.factors.step_up import StepUp
from face_rec.access.limits.throttle import Throttle
from face_rec.access.principal import Principal
from face_rec.access.signin.session import SignIn
from face_rec.domain.errors import LastOne
from face_rec.domain.site.own_ways import OwnWay
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.access.records import Record
from tests.fakes.clock import FakeClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class MemoryAudit:
    """An ``AuditStore``; ``said`` is what was done to what, in order."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def append(self, entry: AuditEntry, about: str = "", once: str = "") -> None:
        self.entries.append(entry)

    def alias(self, subject: str) -> str:
        return ""

    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        return self.entries[::-1][:count]

    def refused(self, count: int) -> list[AuditEntry]:
        return [e for e in self.entries[::-1] if e.action in BY_STRANGERS][:count]

    def refusals(self) -> list[Refusals]:
        counts = Counter((e.at.date(), e.action) for e in self.refused(len(self.entries)))
        return [Refusals(day, action, count) for (day, action), count in counts.items()]

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(entry.action, entry.target) for entry in self.entries]


class MemoryCounters:
    """A ``CounterStore`` whose time never passes."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, key: str, seconds: float) -> int:
        self.counts[key] += 1
        return self.counts[key]

    def take_back(self, key: str) -> None:
        self.counts[key] = max(0, self.counts[key] - 1)

    def clear(self, key: str) -> None:
        del self.counts[key]


class MemoryPins:
    """A ``PinStore``; nobody is missing unless ``gone``. ``asked`` is every question."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}
        self.gone = False
        self.asked: list[str] = []

    def get(self, subject: str) -> str | None:
        self.asked.append(subject)
        return self.hashes.get(subject)

    def put(self, subject: str, hashed: str) -> bool:
        if not self.gone:
            self.hashes[subject] = hashed
        return not self.gone

    def replace(self, subject: str, was: str, hashed: str) -> bool:
        return self.hashes.get(subject) == was and self.put(subject, hashed)

    def renew(self, subject: str) -> bool:
        return False

    def clear(self, subject: str) -> bool:
        return self.hashes.pop(subject, None) is not None


class MemoryRecords(Generic[Record]):
    """A ``Records``."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def get(self, record_id: str) -> Record | None:
        return self.records.get(record_id)

    def all(self) -> list[Record]:
        return [record for _, record in sorted(self.records.items())]

    def create(self, record: Record, only_first: bool = False) -> bool:
        if record.id in self.records or (only_first and self.records):
            return False
        self.records[record.id] = record
        return True

    def update(self, record: Record, keeps: Mapping[str, object] | None = None) -> Record:
        after = {**self.records, record.id: record}
        if keeps and not any(_fits(one, keeps) for one in after.values()):
            raise LastOne("The last one. Make another one first.")
        written = replace(record, version=record.version + 1)
        self.records[record.id] = written
        return written

    def remove(self, record_id: str) -> bool:
        return self.records.pop(record_id, None) is not None

    def count(self) -> int:
        return len(self.records)


def _fits(record: object, fields: Mapping[str, object]) -> bool:
    return all(getattr(record, name) == value for name, value in fields.items())


class NoBeats:
    """Notes of devices that were never seen."""

    def beats(self) -> dict[str, Beat]:
        return {}

    def beat(self, device: str, beat: Beat) -> None: ...


class NoSignIns:
    """Sign-ins of which there is nothing to tell."""

    def previous(self, _: str) -> SignIn | None:
        return None

    def unseen(self, _: str) -> SignIn | None:
        return None


class NobodysOwn:
    """A way to one's own attendance that is open to nobody."""

    def ways(self) -> frozenset[OwnWay]:
        return frozenset()


class AccountsOff:
    """Access control while everybody is this computer; ``log`` keeps what was done."""

    enabled = False
    own_sessions = NoSignIns()
    own_sign_in = NobodysOwn()
    accounts: Any = None  # as the next four: of pages that are tested with an Access
    devices: Any = None
    factors: Any = None
    tokens: Any = None
    authenticator: Any = SimpleNamespace(forget=None)

    def __init__(self, clock: FakeClock | None = None, log: MemoryAudit | None = None) -> None:
        self.log = log or MemoryAudit()
        self.audit = AuditLog(self.log, clock or FakeClock())
        self.pins = memory_pins(audit=self.log)
        self.step_up = StepUp(clock or FakeClock())
        self.changes = Changes()
        self.captures = Tabs()


class OneVisitor(AccountsOff):
    """Access control that recognises ``principal`` in every browser; None: nobody."""

    enabled = True

    def __init__(
        self,
        principal: Principal | None = None,
        clock: FakeClock | None = None,
        log: MemoryAudit | None = None,
    ) -> None:
        super().__init__(clock, log)
        self.principal = principal

    def in_tab(self, _: str, __: Mapping[str, str]) -> Principal | None:
        return self.principal


class MemoryLinks:
    """A ``LinkStore`` whose links never end."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}

    def put(self, digest: str, link: Link, seconds: float | None) -> None:
        self.links[digest] = link

    def peek(self, digest: str) -> Link | None:
        return self.links.get(digest)

    def take(self, digest: str) -> Link | None:
        return self.links.pop(digest, None)


def memory_pins(
    store: MemoryPins | None = None,
    audit: MemoryAudit | None = None,
    clock: FakeClock | None = None,
) -> Pins:
    """PINs whose hashes cost little."""
    audit_log = AuditLog(audit or MemoryAudit(), clock or FakeClock())
    throttle = Throttle(MemoryCounters())
    return Pins(store or MemoryPins(), Passwords(hasher=CHEAP), throttle, audit_log)


def memory_devices(
    audit: MemoryAudit, clock: FakeClock, kiosk: Callable[[str], KioskRecord | None]
) -> Devices:
    """Devices that nobody has linked yet."""
    devices: MemoryRecords[Device] = MemoryRecords()
    return Devices(
        devices=devices,
        links=cast("LinkStore", MemoryLinks()),
        notes=NoBeats(),
        throttle=Throttle(MemoryCounters()),
        audit_log=AuditLog(audit, clock),
        clock=clock,
        demand=StepUp(clock).demand,
        kiosk=kiosk,
    )


def nothing_to_prove(_: object) -> None:
    """A ``Demand`` of services that are reached here without a page: nobody proves anything."""
