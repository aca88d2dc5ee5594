"""Links to one's own attendance, kept in Redis, and which screens may show them."""

from collections.abc import Callable

from face_rec.access.devices.devices import Devices
from face_rec.access.signin.own_links import OwnLink, OwnLinks, Shower
from face_rec.access.storage import OnceStore
from face_rec.clock import Clock
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.access.sessions import RedisOnce
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.redis.client import Client


def open_own_links(
    client: Client,
    site: str,
    clock: Clock,
    devices: Devices,
    kiosk: Callable[[str], KioskRecord | None],
    *,
    ledger: Ledger | None = None,
) -> OwnLinks:
    """``kiosk``: the record of a registered one. ``ledger``: where it is kept which were used."""

    def shows(shower: Shower) -> bool:
        """Not where its device was revoked or linked anew: then a code that it has shown opens
        nothing."""
        device = devices.get(shower.kiosk) if kiosk(shower.kiosk) is not None else None
        if device is None or device.digest is None:
            return False
        return device.linked_at == shower.linked_at

    links: OnceStore[OwnLink] = RedisOnce(client, site, OwnLink, ledger)
    return OwnLinks(links, clock, shows)
