"""Kiosk devices: a tablet that was linked once is its kiosk, until it is revoked.

Which kiosks there are, and what each may do, is not said here: that is the kiosk's record
(:mod:`face_rec.kiosks.kiosk`), which holds whatever device is linked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.credentials import Link, LinkKind, LinkStore
from face_rec.access.devices.device import Beat, Beats, Device
from face_rec.access.limits.throttle import BY_LINK, Throttle
from face_rec.access.rights import Act
from face_rec.access.secrets import digest, joined, matches, new_secret, parted
from face_rec.access.storage import Records
from face_rec.clock import Clock
from face_rec.domain.errors import AccountRefused, Conflict, LinkInvalid
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first

LINK_SECONDS: Final = 1800.0
ROTATE_AFTER: Final = timedelta(days=1)
TOKEN_LASTS: Final = timedelta(days=90)
"""Without a rotation: a tablet that was away for longer is linked again."""
_TOO_MANY: Final = msgid("Too many links were tried from this address. Wait 15 minutes.")
_INVALID: Final = msgid(
    "This link was used, has expired or is not valid. Ask an administrator for a new one."
)


class Devices:
    """Safe to call from any thread."""

    def __init__(
        self,
        *,
        devices: Records[Device],
        links: LinkStore,
        notes: Beats,
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
        kiosk: Callable[[str], KioskRecord | None],
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are.
        ``kiosk``: the record of a registered kiosk; may raise StoreUnavailable."""
        self._devices = devices
        self._links = links
        self._notes = notes
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand
        self._kiosk = kiosk

    def all(self) -> list[Device]:
        """Every device, by name."""
        return self._devices.all()

    def get(self, name: str) -> Device | None:
        return self._devices.get(name)

    def beats(self) -> dict[str, Beat]:
        """The last sign of life by device."""
        return self._notes.beats()

    def beat(self, name: str, address: str, version: str) -> None:
        """Note that a device is alive."""
        self._notes.beat(name, Beat(self._clock.now(), address, version))

    def link(self, name: str) -> str:
        """The secret of a new one-time link, good for half an hour. Raises AccountRefused,
        ProofNeeded."""
        self._demand(Act.KIOSKS)
        if self._kiosk(name) is None:
            raise AccountRefused(
                sentence("There is no kiosk {name}. Look at the list again.", name=name)
            )
        if self._devices.get(name) is None:
            self._devices.create(Device(name, created_at=self._clock.now()))
        secret = new_secret()
        self._links.put(digest(secret), Link(LinkKind.KIOSK, name), LINK_SECONDS)
        return secret

    def linked(self, secret: str, address: str) -> KioskRecord:
        """Which kiosk the link is for, without using it. Raises LinkInvalid."""
        found = self._links.peek(digest(secret))
        record = self._kiosk(found.target) if found else None
        there = found is not None and self._devices.get(found.target) is not None
        if found is None or found.kind is not LinkKind.KIOSK or record is None or not there:
            if self._throttle.try_now(BY_LINK, address) > BY_LINK.tries:
                raise LinkInvalid(_TOO_MANY)
            raise LinkInvalid(_INVALID)
        return record

    def enrol(self, secret: str, address: str) -> str:
        """Use the link: the long-lived token of the device that asks. Any token that the
        kiosk had before ends. Raises LinkInvalid."""
        name = self.linked(secret, address).id
        if self._links.take(digest(secret)) is None:
            raise LinkInvalid(_INVALID)
        token, now = new_secret(), self._clock.now()
        self._write(
            name,
            lambda d: replace(
                d, digest=digest(token), previous=None, key=None, linked_at=now, rotated_at=now
            ),
        )
        self._audit_log.record(Action.KIOSK_LINKED, name)
        return joined(name, token)

    def revoke(self, name: str) -> None:
        """End the device's token; the kiosk stays and can be linked again. Raises
        AccountRefused, ProofNeeded."""
        self._demand(Act.KIOSKS)
        self._write(name, lambda d: replace(d, digest=None, previous=None, key=None))
        self._audit_log.record(Action.KIOSK_REVOKED, name)

    def remove(self, name: str) -> None:
        """Forget the device of a kiosk that is given up; nothing to do if there is none. Raises
        ProofNeeded."""
        self._demand(Act.KIOSKS)
        device = self._devices.get(name)
        # Also where none is seen: the database may have lost it, and it must not come back.
        if self._devices.remove(name) and device is not None and device.digest is not None:
            self._audit_log.record(Action.KIOSK_REVOKED, name)

    def device_of(self, cookie: str) -> Device | None:
        """The device whose token this is; the one before the last rotation counts, too."""
        found = parted(cookie)
        device = self._devices.get(found[0]) if found else None
        if found is None or device is None or device.digest is None:
            return None
        made = device.rotated_at or device.linked_at
        if made is not None and self._clock.now() - made > TOKEN_LASTS:
            return None
        stored = (device.digest, device.previous or "")
        return device if any(matches(found[1], one) for one in stored) else None

    def bind(self, device: Device, key: str) -> Device:
        """Tie a device that has no key yet to the one it made. Raises Conflict if it has."""
        if device.key is not None:
            raise Conflict(
                msgid("This device has a key already. Link it again to give it another.")
            )
        bound = self._devices.update(replace(device, key=key))
        self._audit_log.record(
            Action.KIOSK_CHANGED, device.id, after={"bound to its device": True}
        )
        return bound

    def rotated(self, device: Device, cookie: str) -> str | None:
        """A new token for a device that has just proved its key; None while its own is young.

        The one before stays good until the new one is shown, so that an answer that gets lost
        locks nobody out.
        """
        shown = parted(cookie)
        current = shown is not None and matches(shown[1], device.digest or "")
        made, now = device.rotated_at or device.linked_at, self._clock.now()
        if current and device.previous is not None:
            device = self._devices.update(replace(device, previous=None))
        if current and made is not None and now - made < ROTATE_AFTER:
            return None
        token = new_secret()
        kept = device.digest if current else device.previous
        self._devices.update(replace(device, digest=digest(token), previous=kept, rotated_at=now))
        return joined(device.id, token)

    def _get(self, name: str) -> Device:
        device = self._devices.get(name)
        if device is None:
            raise AccountRefused(
                sentence("No device is linked to {name}. Look at the list again.", name=name)
            )
        return device

    def _write(self, name: str, change: Callable[[Device], Device]) -> Device:
        return until_first(lambda: self._devices.update(change(self._get(name))), tries=None)
