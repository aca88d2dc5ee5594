"""A worker of cameras: takes its share of them, serves it, and says how they are.

Any number run on any number of machines. Each asks once a second for what is its own to serve
(:mod:`face_rec.cameras.serving.leases`), and begins and ends with cameras by the answer alone.
"""

import logging
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from face_rec.background import Background
from face_rec.cameras.camera import CameraEntry
from face_rec.cameras.camera_health import HealthBoard
from face_rec.cameras.serving.leases import Holdings, LeaseStore, shared
from face_rec.cameras.serving.served import ServedCamera, Surroundings
from face_rec.cameras.wall import WallLine
from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)

ANY: Final = "any"
_STEP: Final = 0.5
"""Seconds between two pictures of a camera that somebody looks at."""
_TURNS: Final = 2  # steps between two turns
_SAYS: Final = 4  # steps between two words on how the cameras are
_CLOSING: Final = 8.0


def name_of(machine: str) -> str:
    """Of a worker: another one for each process, and each start of it."""
    return f"{machine.replace(' ', '-')}:{os.getpid()}:{secrets.token_hex(4)}"


class CameraWorker:
    """Its loop is a thread of its own, begun by :meth:`start`."""

    def __init__(
        self,
        entries: Callable[[], Sequence[CameraEntry]],
        leases: LeaseStore,
        board: HealthBoard,
        wall: WallLine,
        around: Surroundings,
        *,
        machine: str,
        local: Callable[[], datetime],
        ready: Callable[[], bool],
    ) -> None:
        """``entries``: all cameras, may raise StoreError. ``local``: now, in the site's zone.
        ``ready``: whether this process can recognise anybody; until then it leaves the cameras to
        others."""
        self._entries = entries
        self._leases = leases
        self._board = board
        self._wall = wall
        self._around = around
        self._machine = machine
        self._local = local
        self._ready = ready
        self._holdings = Holdings(around.clock)
        self._served: dict[str, ServedCamera] = {}
        self._known: dict[str, CameraEntry] = {}
        self._pools: dict[str, list[str]] = {}
        self._thread = Background("cameras", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Give all cameras back, so that others take them at once."""
        self._thread.stop(_CLOSING)
        self._leave(list(self._served), ends=True)

    def counts(self, name: str) -> bool:
        """Whether a kiosk of this name may give its sign of life here: all that are no cameras,
        and of these such as mark and see."""
        if name not in self._known:
            return True
        served = self._served.get(name)
        return served is not None and served.counts

    # --- its own thread

    def _run(self) -> None:
        step = 0
        while not self._thread.stopping.wait(_STEP):
            if step % _TURNS == 0:
                self._turn()
            self._show()
            if step % _SAYS == 0:
                self._say()
            step += 1

    def _turn(self) -> None:
        with suppress(StoreError):  # what was known stays known
            self._known = {one.id: one for one in self._entries()}
        if not self._ready():
            self._leave(list(self._served), ends=True)
            return
        local = self._local()
        wanted = {
            one.id: one
            for one in self._known.values()
            if one.camera.enabled and one.placed and one.kiosk.open_at(local)
        }
        before, self._pools = self._pools, self._pools_of(wanted.values())
        self._leave(one for one in list(self._served) if one not in wanted)
        for pool, cameras in self._pools.items():
            self._share(pool, cameras, wanted)
        for pool in before.keys() - self._pools.keys():
            self._release(pool, [], ends=True)

    def _pools_of(self, wanted: Iterable[CameraEntry]) -> dict[str, list[str]]:
        """Cameras by who can serve them; those of other machines are none of ours."""
        found: dict[str, list[str]] = {}
        for one in wanted:
            if one.camera.machine in {"", self._machine}:
                found.setdefault(one.camera.machine or ANY, []).append(one.id)
        return found

    def _share(self, pool: str, cameras: list[str], wanted: dict[str, CameraEntry]) -> None:
        share = shared(self._leases, self._holdings, self._around.worker, pool, cameras)
        if share is None:
            return  # the database is away: see leases
        mine = set(share.cameras) - set(share.surplus)
        self._stop(one for one in cameras if one in self._served and one not in mine)
        if share.surplus:
            self._release(pool, share.surplus)
        for camera in share.cameras:
            if camera in mine:
                self._serve(wanted[camera])

    def _serve(self, entry: CameraEntry) -> None:
        served = self._served.get(entry.id)
        if served is not None and served.entry.camera == entry.camera:
            return
        if served is not None:
            served.stop()
        log.info("camera_served camera=%s worker=%s", entry.id, self._around.worker)
        name = entry.id
        self._served[name] = ServedCamera(entry, self._around, lambda: self._holdings.holds(name))

    def _leave(self, cameras: Iterable[str], *, ends: bool = False) -> None:
        """Stop with them and give them back."""
        names = list(cameras)
        if not names and not (ends and self._pools):
            return
        self._stop(names)
        for pool in self._pools or (ANY, self._machine):
            self._release(pool, names, ends=ends)
        if ends:
            self._pools = {}

    def _stop(self, cameras: Iterable[str]) -> None:
        for camera in list(cameras):
            self._holdings.drop(camera)
            served = self._served.pop(camera, None)
            if served is not None:
                served.stop()
                log.info("camera_left camera=%s worker=%s", camera, self._around.worker)

    def _release(self, pool: str, cameras: Iterable[str], *, ends: bool = False) -> None:
        names = list(cameras)
        for camera in names:
            self._holdings.drop(camera)
        with suppress(StoreError):  # it runs out by itself
            self._leases.release(self._around.worker, pool, names, ends=ends)

    def _say(self) -> None:
        with suppress(StoreError):
            for camera, served in list(self._served.items()):
                if self._holdings.holds(camera):
                    self._board.say(served.health())

    def _show(self) -> None:
        with suppress(StoreError):
            for camera in self._wall.looked_at(self._served):
                served = self._served.get(camera)
                picture = served.picture() if served else None
                if picture is not None:
                    self._wall.send(camera, picture)
