"""Kiosk devices: made by an admin, linked once on the tablet, revoked at any time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
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
from face_rec.kiosks.kiosk import NAME, RULE
from face_rec.retry import until_first

LINK_SECONDS: Final = 1800.0
ROTATE_AFTER: Final = timedelta(days=1)
TOKEN_LASTS: Final = timedelta(days=90)
"""Without a rotation: a tablet that was away for longer is linked again."""
_CHANGED: Final = (
    "Somebody else changed this kiosk while you had it open, and nothing of yours was saved. "
    "Close this, look at what it is now, then make your change again."
)
_INVALID: Final = (
    "This link was used, has expired or is not valid. Ask an administrator for a new one."
)


class Kiosks:
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
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""
        self._devices = devices
        self._links = links
        self._notes = notes
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand

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

    def create(
        self, name: str, title: str, opens: time, closes: time, *, pin: bool = False
    ) -> Device:
        """A new device, not linked yet. Raises AccountRefused, ProofNeeded."""
        self._demand(Act.KIOSKS)
        if not NAME.fullmatch(name):
            raise AccountRefused(f"A kiosk's name has {RULE}, such as front-door.")
        device = Device(
            name, title.strip()[:80] or name, opens=opens, closes=closes, pin=pin,
            created_at=self._clock.now(),
        )  # fmt: skip
        if not self._devices.create(device):
            raise AccountRefused(f"There is a kiosk {name} already. Choose another name.")
        self._audit_log.record(Action.KIOSK_CREATED, name, after=_about(device))
        return device

    def change(
        self,
        name: str,
        title: str,
        opens: time,
        closes: time,
        *,
        pin: bool = False,
        seen: Device | None = None,
    ) -> Device:
        """Change title, hours and whether PINs count. ``seen``: the device as it was shown to
        who changes it; what somebody else has set meanwhile is not undone unseen.

        Raises AccountRefused, ProofNeeded.
        """
        self._demand(Act.KIOSKS)
        was, titled = self._get(name), title.strip()[:80] or name

        def changed_from(device: Device) -> Device:
            if seen is not None and _about(device) != _about(seen):
                raise AccountRefused(_CHANGED)
            return replace(device, title=titled, opens=opens, closes=closes, pin=pin)

        changed = self._write(name, changed_from)
        self._audit_log.record(Action.KIOSK_CHANGED, name, _about(was), _about(changed))
        return changed

    def link(self, name: str) -> str:
        """The secret of a new one-time link, good for half an hour. Raises AccountRefused,
        ProofNeeded."""
        self._demand(Act.KIOSKS)
        self._get(name)
        secret = new_secret()
        self._links.put(digest(secret), Link(LinkKind.KIOSK, name), LINK_SECONDS)
        return secret

    def linked(self, secret: str, address: str) -> Device:
        """Which device the link is for, without using it. Raises LinkInvalid."""
        found = self._links.peek(digest(secret))
        device = self._devices.get(found.target) if found else None
        if found is None or found.kind is not LinkKind.KIOSK or device is None:
            if self._throttle.try_now(BY_LINK, address) > BY_LINK.tries:
                raise LinkInvalid("Too many links were tried from this address. Wait 15 minutes.")
            raise LinkInvalid(_INVALID)
        return device

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
        ProofNeeded."""
        self._demand(Act.KIOSKS)
        self._write(name, lambda d: replace(d, digest=None, previous=None, key=None))
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
            raise Conflict("This device has a key already. Link it again to give it another.")
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
            raise AccountRefused(f"There is no kiosk {name}. Look at the list again.")
        return device

    def _write(self, name: str, change: Callable[[Device], Device]) -> Device:
        return until_first(lambda: self._devices.update(change(self._get(name))), tries=None)


def _about(device: Device) -> dict[str, object]:
    hours = "always" if device.opens == device.closes else f"{device.opens}-{device.closes}"
    # Not "pin": no value of such a name is ever written to the log.
    by_code = "allowed" if device.pin else "not allowed"
    return {"title": device.title, "hours": hours, "marks without a face": by_code}
