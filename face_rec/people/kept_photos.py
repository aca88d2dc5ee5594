"""Which photos of a person are kept: as templates, under which slots, and as the portrait that
they are shown by, in the snapshot store."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime

import cv2

from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Image, View
from face_rec.domain.people import Person, Template, TemplateInfo
from face_rec.domain.pictures import portraits_of
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

MOST_TEMPLATES = 10
"""A person may have; slots run from 0 to one less."""
_JPEG_QUALITY = 90


def chosen(photos: Sequence[EnrolPhoto], room: int = MOST_TEMPLATES) -> list[EnrolPhoto]:
    """At most ``room`` photos: the best of each view first, then the best of the rest."""
    by_quality = sorted(photos, key=lambda photo: photo.quality.score, reverse=True)
    views: set[View] = set()
    first: list[EnrolPhoto] = []
    rest: list[EnrolPhoto] = []
    for photo in by_quality:
        (rest if photo.view in views else first).append(photo)
        views.add(photo.view)
    return (first + rest)[:room]


def made_from(
    photos: Sequence[EnrolPhoto], now: datetime, earlier: Sequence[Template] = ()
) -> list[Template]:
    """One template a photo, in the lowest slots that ``earlier`` leaves free."""
    used = {template.info.slot for template in earlier}
    free = [slot for slot in range(MOST_TEMPLATES) if slot not in used]
    return [_template(photo, slot, now) for photo, slot in zip(photos, free, strict=False)]


def merged(
    stored: Sequence[Template], photos: Sequence[EnrolPhoto], now: datetime
) -> list[Template]:
    """``stored`` and as many of ``photos`` (of one contract) as there is room for.

    Templates of other contracts, kept in case the model is changed back, make room if need
    be, the oldest first.
    """
    digest = photos[0].contract.digest
    own = [template for template in stored if template.info.contract == digest]
    new = chosen(photos, MOST_TEMPLATES - len(own))
    others = [template for template in stored if template.info.contract != digest]
    others.sort(key=lambda template: template.info.added_at, reverse=True)
    kept = own + others[: MOST_TEMPLATES - len(own) - len(new)]
    return kept + made_from(new, now, kept)


def best(photos: Sequence[EnrolPhoto]) -> EnrolPhoto:
    """The photo to show the person by: from the front if there is one, then by quality."""
    return max(photos, key=lambda photo: (photo.view is View.FRONT, photo.quality.score))


class Portraits:
    """Pictures lie under ``people/<subject>/``, so that all of a person's can be found.

    A key is made before the person is written and its picture stored afterwards: a write that
    fails leaves no picture behind.
    """

    def __init__(self, snapshots: SnapshotStore) -> None:
        self._snapshots = snapshots

    def new_key(self, subject: str) -> str:
        return f"{portraits_of(subject)}{secrets.token_hex(8)}.jpg"

    def keep(self, person: Person, photos: Sequence[EnrolPhoto]) -> bool:
        """Store the best of ``photos`` under the person's key; False if that failed, which
        is no reason to undo a registration."""
        if not person.photo:
            return True
        try:
            self._snapshots.put(person.photo, _jpeg(best(photos).portrait))
        except StoreError as error:
            log.warning("portrait_not_stored subject=%s reason=%s", person.subject, error)
            return False
        return True


def _template(photo: EnrolPhoto, slot: int, now: datetime) -> Template:
    info = TemplateInfo(slot, photo.view, photo.quality.score, photo.contract.digest, now)
    return Template(info, photo.vector)


def _jpeg(image: Image) -> bytes:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()
