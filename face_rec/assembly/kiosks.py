"""Who writes the kiosks' records, and those of cameras among them."""

from collections.abc import Callable

from face_rec.access.control.access_control import Access
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.kiosk_service import KioskService
from face_rec.kiosks.kiosk_register import KioskRegister


def kiosk_service(
    services: ServiceByZone, access: Access, kiosks: KioskRegister, *, demand: Callable[[], None]
) -> KioskService:
    """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""

    def changed() -> None:
        kiosks.forget()
        access.changes.tell()

    return KioskService(
        services.current,
        demand=demand,
        unlink=lambda name: access.devices.remove(name),  # noqa: PLW0108 - tests have none
        changed=changed,
    )
