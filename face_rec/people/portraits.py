"""The picture that a person is shown by, in the snapshot store."""

import logging
import secrets
from collections.abc import Sequence

import cv2

from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Image
from face_rec.domain.people import Person
from face_rec.people import templates
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

_JPEG_QUALITY = 90


class Portraits:
    """Pictures lie under ``people/<subject>/``, so that all of a person's can be found.

    A key is made before the person is written and its picture stored afterwards: a write that
    fails leaves no picture behind.
    """

    def __init__(self, snapshots: SnapshotStore) -> None:
        self._snapshots = snapshots

    def new_key(self, subject: str) -> str:
        return f"{_folder(subject)}{secrets.token_hex(8)}.jpg"

    def keep(self, person: Person, photos: Sequence[EnrolPhoto]) -> bool:
        """Store the best of ``photos`` under the person's key; False if that failed, which
        is no reason to undo a registration."""
        if not person.photo:
            return True
        try:
            self._snapshots.put(person.photo, _jpeg(templates.best(photos).portrait))
        except StoreError as error:
            log.warning("portrait_not_stored subject=%s reason=%s", person.subject, error)
            return False
        return True


def _folder(subject: str) -> str:
    return f"people/{subject}/"


def _jpeg(image: Image) -> bytes:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()
