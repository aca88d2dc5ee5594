"""Where cameras that the site runs itself rest, and where workers say how they are."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from face_rec.cameras.camera import Camera, CameraEntry, entry_of
from face_rec.cameras.camera_health import CameraHealth
from face_rec.cameras.camera_status import standing
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.protocols.sealing import Sealer
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.cameras.camera_board import RedisCameraBoard
from face_rec.stores.chain.ledger import ADMINISTRATION, Streams
from face_rec.stores.redis.client import Client


@dataclass(frozen=True, slots=True)
class CameraStores:
    """Of the cameras that the site runs itself."""

    records: RedisRecords[Camera]
    board: RedisCameraBoard
    sealer: Sealer

    def entries(self, kiosks: KioskRegister) -> list[CameraEntry]:
        """All, with their kiosks' records; may raise StoreError."""
        places = {one.id: one for one in kiosks.records()}
        return [entry_of(one, places) for one in self.records.all()]

    def healths(self, kiosks: KioskRegister, now: datetime, zone: tzinfo) -> list[CameraHealth]:
        """How each is; may raise StoreError."""
        entries = self.entries(kiosks)
        said = self.board.said([one.id for one in entries])
        local = now.astimezone(zone)
        return [standing(one, said.get(one.id), now, local) for one in entries]


def open_camera_stores(
    client: Client, site: str, streams: Streams, sealer: Sealer
) -> CameraStores:
    """Each change of a camera is linked."""
    records = RedisRecords(client, site, Camera, ledger=streams.ledger(ADMINISTRATION))
    return CameraStores(records, RedisCameraBoard(client, site, sealer), sealer)
