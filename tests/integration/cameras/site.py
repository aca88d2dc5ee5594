"""A site with a camera, an office and workers in processes of their own, over a real Redis."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from config import ROOT, load
from face_rec import assembly
from face_rec.assembly.system import System
from face_rec.domain.faces import Image
from face_rec.domain.marks import Event, is_mark
from face_rec.domain.people import Consent
from face_rec.people.details import Details
from face_rec.stores.cameras import camera_keys
from face_rec.stores.redis.client import Client
from tests.redis_servers import wait_until
from tests.synthetic.faces import Pose, draw
from tests.synthetic.photos import photo

SIZE = (480, 640)
RATE = 15


def holders(client: Client) -> dict[str, str]:
    """Which worker of the site "main" has which camera now."""
    seconds, micros = client.time()
    now = int(seconds) * 1000 + int(micros) // 1000
    leases: Any = client.hgetall(camera_keys.leases("main"))
    split = {name.decode(): text.decode().split(" ") for name, text in leases.items()}
    return {name: holder for name, (holder, till) in split.items() if int(till) > now}


def walk(person: int, seconds: float = 4.0, away: float = 2.0) -> list[Image]:
    """Somebody comes, stands there moving a little, and goes; 480 × 640, 15 a second."""
    random = np.random.default_rng(person)
    found = []
    for number in range(round((seconds + away) * RATE)):
        image = np.full((*SIZE, 3), 120, np.uint8)
        cv2.rectangle(image, (30, 40), (110, 400), (60, 90, 130), -1)
        cv2.rectangle(image, (540, 90), (610, 300), (170, 150, 60), -1)
        if number < seconds * RATE:
            x = 240 + 25 * np.sin(number / 9) + random.uniform(-2, 2)
            draw(image, person, Pose(x, 240 + random.uniform(-2, 2), 120 + number % 5))
        noise = random.normal(0, 2, image.shape)
        found.append(np.clip(image + noise, 0, 255).astype(np.uint8))
    return found


class Site:
    """``values``: the settings of every process. ``machine`` gives each its own folder."""

    def __init__(self, folder: Path, port: int, pack: Path) -> None:
        self._folder = folder
        self.values = {
            "REDIS_URL": f"redis://127.0.0.1:{port}/0", "MODEL_PACK": str(pack),
            "MODEL_PROVIDER": "cpu", "WORKERS": "1", "CHAIN_KEY": "chain" * 8,
            "DATA_KEY": "data" * 10, "PHOTO_CHECKS": "false",
            "CAMERA_WORKER": "off", "JOURNAL_HOURS": "1",
        }  # fmt: skip
        self.workers: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def office(self, **more: str) -> Iterator[System]:
        values = {**self.values, "DATA_DIR": str(self._folder / "office"), **more}
        with assembly.build(load(values, dotenv=None)) as system:
            yield system

    def worker(self, machine: str) -> "subprocess.Popen[bytes]":
        """Another process; its log is in ``machine.log``."""
        environ = {**os.environ, **self.values, "DATA_DIR": str(self._folder / machine)}
        with self.log(machine).open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "face_rec", "cameras"],
                cwd=ROOT, env=environ, stdout=out, stderr=out,
            )  # fmt: skip
        self.workers.append(process)
        return process

    def log(self, machine: str) -> Path:
        return self._folder / f"{machine}.log"

    def end(self) -> None:
        for process in self.workers:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.workers:
            process.wait(40)


def enrol(system: System, person: int) -> str:
    """A drawn person; their subject."""
    wait_until(lambda: system.models.current() is not None, 60)
    photos = [system.enrolment.check(photo(person, number)) for number in range(4)]
    consent = Consent("I agree.", "1", system.clock.now())
    details = Details(f"p{person}", f"Person {person}", consent=consent)
    return system.enrolment.register(details, photos).subject


def marks(system: System) -> list[Event]:
    """Of today, in UTC."""
    day = system.clock.now().date()
    return [event for event in system.attendance.day(day) if is_mark(event.kind)]
