"""Codes at kiosks for one's own page, of the running system."""

from collections.abc import Callable

from face_rec.access.control.access_control import Access
from face_rec.access.signin.own_links import Shower
from face_rec.domain.site.own_ways import OwnWay
from face_rec.web.gate.shown_links import bases_of


class OwnCodes:
    """An ``OwnLinking`` of :mod:`face_rec.web.live.sources`. Safe from any thread."""

    def __init__(self, access: Access, addresses: Callable[[], tuple[str, ...]]) -> None:
        self._access = access
        self._addresses = addresses

    def offered(self) -> bool:
        return self._access.enabled and OwnWay.KIOSK in self._access.own_door.ways()

    def link(self, subject: str, kiosk: str) -> str:
        device = self._access.devices.get(kiosk)
        shower = Shower(kiosk, device.linked_at if device else None)
        return f"/my/link/{self._access.own_door.show(subject, shower)}"

    def base(self, opened: str) -> str:
        return bases_of(self._addresses(), opened)[0]
