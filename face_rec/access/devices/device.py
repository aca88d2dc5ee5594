"""A kiosk device: a tablet at a door that takes attendance and opens nothing else."""

from dataclasses import dataclass, field
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class Device:
    """One enrolled device. ``id`` is the kiosk's name, which its marks carry.

    ``digest`` is that of its token; None: not linked yet, or revoked. ``opens`` and ``closes``
    are local times; equal: always open. ``pin``: whether people may use their PIN here.

    ``key`` is the public key that the device made for itself (P-256, an uncompressed point in
    base64url); its private half never leaves the device's browser. ``previous`` is the digest
    of the token before the last rotation, good until the new one was seen. ``rotated_at``: when
    the token was made.
    """

    id: str
    title: str
    digest: str | None = field(default=None, repr=False)
    opens: time = time(0, 0)
    closes: time = time(0, 0)
    pin: bool = False
    created_at: datetime | None = None
    linked_at: datetime | None = None
    version: int = 0
    key: str | None = field(default=None, repr=False)
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: when, from which address, with which version of this software."""

    at: datetime
    address: str
    version: str
