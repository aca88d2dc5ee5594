"""A server that takes what a kiosk kept while it was away, and stills as a device seals them."""

import functools
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import httpx
import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.testclient import TestClient

from face_rec.assembly.storage.services import open_service
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores
from face_rec.domain.faces import Image, Matrix
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import GalleryEntry
from face_rec.journey.decide import Policy
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.offline import OfflineStills
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import Stills
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.offline import Capture, OfflineSeal
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import FaceModels
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.site.kiosk_records import RedisHandedOver
from face_rec.web.frames import offline
from tests.data import Material
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.models import FakeModelSource, blank_frame
from tests.gate_app import ORIGIN, GateApp, access_on
from tests.samples import a_chain, events_between

COOLDOWN = 60.0
SECRET = [bytes(range(32))]
BERLIN = ZoneInfo("Europe/Berlin")
KIOSK = "front-door"


def read(path: Path) -> Image:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def before_the_camera(photo: Image) -> Image:
    image = blank_frame()
    height, width = photo.shape[:2]
    image[110 : 110 + height, 190 : 190 + width] = photo
    return image


@functools.cache
def _photos(material: Material) -> dict[str, list[Image]]:
    return {f"s{n}": [read(p) for p in material.person(n)[:3]] for n in (1, 2, 3)}


@functools.lru_cache(maxsize=1)
def _looks(models: FaceModels, material: Material) -> list[GalleryEntry]:
    """Of the first photo of each; those of one model are looked at once."""
    photos = _photos(material)
    return [GalleryEntry(one, _template(models, seen[0])) for one, seen in photos.items()]


def _template(models: FaceModels, image: Image) -> Matrix:
    (face, *_) = models.detector.detect(image, 640)
    return models.embedder.embed([models.embedder.align(image, face)])


class Site:
    """A server as the app builds one, for three people; what it remembers lies in Redis."""

    def __init__(
        self,
        client: Client,
        folder: Path,
        models: FaceModels,
        material: Material,
        stack: ExitStack,
    ) -> None:
        self.clock = FakeClock()
        self.is_ready = True
        self.hours = KioskRecord(KIOSK)
        self.photos = _photos(material)
        gallery = MemoryGallery(models.contract)
        gallery.load(_looks(models, material), 1)
        self.attendance = RedisAttendance(client, "main", chain=a_chain())
        journal = FileJournal(folder / "journal")
        stack.callback(journal.close)
        marker = DurableMarker(self.attendance, journal, self.clock, lambda: COOLDOWN)
        stack.callback(marker.close)
        self.marker = marker
        deps = PipelineDeps(
            models=FakeModelSource(models), gallery=gallery, directory=FakeDirectory(),
            marker=marker, snapshots=None, assess=assess, clock=self.clock, policy=Policy(),
            liveness=lambda _: self.hours.liveness,
        )  # fmt: skip
        self.handed_over = RedisHandedOver(client, "main", self.clock)
        self.seal = OfflineSeal("main", SECRET)
        stills = OfflineStills(
            Stills(deps), self.handed_over, self.clock,
            ready=lambda: self.is_ready,
            open_at=lambda _, at: self.hours.open_at(at.astimezone(BERLIN)),
        )  # fmt: skip
        self.stills = stills
        known = offline.Offline(lambda name: name in {KIOSK, "other"}, self.seal, stills)
        access = access_on(client, self.clock)
        self.gate = GateApp(access, self.clock, more=[*offline.routes(lambda: known)])
        self.service: AttendanceService = open_service(
            Stores(self.attendance, RedisPeople(client, "main", self.clock),
                   RedisRules(client, "main")),
            self.attendance, RedisRules(client, "main"), self.clock, BERLIN,
        )  # fmt: skip

    def still(self, subject: str, minutes_ago: float, look: int = 1) -> "Kept":
        at = self.clock.now() - timedelta(minutes=minutes_ago)
        return Kept(self, before_the_camera(self.photos[subject][look]), at)

    def events(self, day: datetime | None = None) -> list[Event]:
        return self.attendance.day((day or self.clock.now()).astimezone(UTC).date())

    def marks(self) -> list[tuple[str, datetime]]:
        now = self.clock.now()
        found = events_between(self.attendance, now - timedelta(days=7), now + timedelta(days=7))
        return [(event.subject, event.at) for event in found]

    def doubts(self) -> list[tuple[str, ...]]:
        """Why each mark of these days waits in the review list."""
        day, some = self.clock.now().date(), timedelta(days=3)
        return [one.reasons for one in self.service.mark_queries.review(day - some, day + some)]

    def live(self, subject: str, minutes_ago: float) -> None:
        """A mark that the camera made then, and that Redis has."""
        at = self.clock.now() - timedelta(minutes=minutes_ago)
        name = secrets.token_hex(8)
        event = Event(name, subject, at, EventKind.PUNCH, Source.VIDEO, KIOSK)
        self.attendance.apply(event, COOLDOWN)


class Kept:
    """One still as the device's page seals it."""

    moved = 0
    """Milliseconds that the device says are to be added."""

    def __init__(self, site: Site, image: Image, at: datetime, kiosk: str = KIOSK) -> None:
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        self.capture = Capture(secrets.token_hex(16), kiosk, at)
        _, jpeg = cv2.imencode(".jpg", image)
        nonce = secrets.token_bytes(12)
        cipher = AESGCM(site.seal.key(kiosk))
        self.body = nonce + cipher.encrypt(nonce, jpeg.tobytes(), self.capture.about)

    def hand_over(self, browser: TestClient, **changed: str) -> httpx.Response:
        headers = {
            **ORIGIN, "content-type": "application/octet-stream", "x-still": self.capture.entry,
            "x-still-at": str(round(self.capture.at.timestamp() * 1000)),
            "x-still-moved": str(self.moved), **changed,
        }  # fmt: skip
        answer: httpx.Response = browser.post(
            f"/offline?kiosk={self.capture.kiosk}", content=self.body, headers=headers
        )
        return answer
