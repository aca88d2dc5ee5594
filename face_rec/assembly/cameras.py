"""Cameras that the site runs itself: their records, how they are, and what they see."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from config import Settings
from face_rec.assembly.kiosks import kiosk_service
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.service import ServiceByZone
from face_rec.cameras.discovery import discover
from face_rec.cameras.health import HealthBoard
from face_rec.cameras.opening import FOLDER
from face_rec.cameras.picture import Trial
from face_rec.cameras.service import CameraService
from face_rec.cameras.wall import WallFeed
from face_rec.clock import Clock

MACHINE: Final = socket.gethostname()


@dataclass(frozen=True, slots=True)
class Cameras:
    """What pages have of them."""

    service: CameraService
    board: HealthBoard
    wall: WallFeed
    trial: Trial

    def shown(self) -> dict[str, Any]:
        """For the façade."""
        return {
            "cameras": self.service, "board": self.board, "wall": self.wall, "trial": self.trial,
            "discover": discover, "machine": MACHINE,
        }  # fmt: skip


def open_cameras(
    settings: Settings, stores: Stores, services: ServiceByZone, clock: Clock, stack: ExitStack
) -> Cameras:
    """Closed with ``stack``."""
    wall = WallFeed(stores.cameras.board, clock)
    stack.callback(wall.close)
    return Cameras(
        camera_service(stores, services, clock), stores.cameras.board, wall,
        Trial(settings.data_dir / FOLDER),
    )  # fmt: skip


def camera_service(stores: Stores, services: ServiceByZone, clock: Clock) -> CameraService:
    """The kiosks' records behind it ask for no proof of their own."""
    places = kiosk_service(services, stores.access, stores.kiosks, demand=lambda: None)
    return CameraService(
        stores.cameras.records, places, stores.cameras.sealer,
        audit_log=stores.access.audit, clock=clock, demand=stores.access.step_up.demand,
    )  # fmt: skip
