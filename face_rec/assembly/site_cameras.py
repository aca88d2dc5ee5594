"""Cameras that the site runs itself: their records, how they are, and what they see."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from config import Settings
from face_rec.assembly.kiosks import kiosk_service
from face_rec.assembly.noticed import tell_alarm
from face_rec.assembly.recognition import Recognition, build_recognition, open_heartbeat
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.cameras.camera_health import CameraHealth, HealthBoard
from face_rec.cameras.camera_service import CameraService, address_of
from face_rec.cameras.discovery import discover
from face_rec.cameras.onvif import streams
from face_rec.cameras.opening import FOLDER
from face_rec.cameras.picture import Trial
from face_rec.cameras.serving.served import Surroundings
from face_rec.cameras.serving.worker import CameraWorker, name_of
from face_rec.cameras.wall import WallFeed
from face_rec.clock import Clock, MachineClock, SystemClock
from face_rec.stores.cameras.camera_leases import RedisLeases
from face_rec.stores.notices.outbox import RedisOutbox

MACHINE: Final = socket.gethostname()


@dataclass(frozen=True, slots=True)
class Cameras:
    """What pages have of them."""

    service: CameraService
    board: HealthBoard
    wall: WallFeed
    trial: Trial
    healths: Callable[[], list[CameraHealth]]
    """How each is now; may raise StoreUnavailable."""

    def shown(self) -> dict[str, Any]:
        """For the façade."""
        return {
            "cameras": self.service, "board": self.board, "wall": self.wall, "trial": self.trial,
            "discover": discover, "ask_streams": streams, "machine": MACHINE,
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
        lambda: stores.cameras.healths(
            stores.kiosks, clock.now(), stores.options.current().timezone
        ),
    )  # fmt: skip


def open_camera_worker(
    settings: Settings, core: Recognition, clock: MachineClock, stack: ExitStack
) -> CameraWorker:
    """Not started yet; closed with ``stack``."""
    stores = core.stores
    cameras, options, name = stores.cameras, stores.options, name_of(MACHINE)
    outbox = RedisOutbox(stores.client, settings.site)

    around = Surroundings(
        engine=core.engine, clock=clock,
        address=lambda camera: address_of(camera, cameras.sealer),
        folder=settings.data_dir / FOLDER, cooldown=lambda: options.current().cooldown,
        alarm=lambda camera, words: tell_alarm(outbox, camera, words, clock.now()), worker=name,
    )  # fmt: skip
    worker = CameraWorker(
        lambda: cameras.entries(stores.kiosks), RedisLeases(stores.client, settings.site),
        cameras.board, cameras.board, around,
        machine=MACHINE, local=lambda: clock.now().astimezone(options.current().timezone),
        ready=lambda: core.follower.recognises(),  # noqa: PLW0108
    )  # fmt: skip
    stack.callback(worker.close)
    return worker


@contextmanager
def build_cameras(settings: Settings) -> Iterator[CameraWorker]:
    """A worker of cameras, not started yet, with all that it needs; the app may run beside it."""
    clock = SystemClock()
    with build_recognition(settings) as (core, stack):
        worker = open_camera_worker(settings, core, clock, stack)
        open_heartbeat(core, worker.counts, clock, stack)
        yield worker


def camera_service(stores: Stores, services: ServiceByZone, clock: Clock) -> CameraService:
    """The kiosks' records behind it ask for no proof of their own."""
    places = kiosk_service(services, stores.access, stores.kiosks, demand=lambda: None)
    return CameraService(
        stores.cameras.records, places, stores.cameras.sealer,
        audit_log=stores.access.audit, clock=clock, demand=stores.access.step_up.demand,
    )  # fmt: skip
