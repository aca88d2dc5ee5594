"""Which photos of a person are kept as templates, and under which slots."""

from collections.abc import Sequence
from datetime import datetime

from face_rec.domain.faces import View
from face_rec.domain.people import Template, TemplateInfo
from face_rec.people.photos.photo_check import EnrolPhoto

MOST = 10
"""Templates a person may have; slots run from 0 to one less."""


def chosen(photos: Sequence[EnrolPhoto], room: int = MOST) -> list[EnrolPhoto]:
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
    free = [slot for slot in range(MOST) if slot not in used]
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
    new = chosen(photos, MOST - len(own))
    others = [template for template in stored if template.info.contract != digest]
    others.sort(key=lambda template: template.info.added_at, reverse=True)
    kept = own + others[: MOST - len(own) - len(new)]
    return kept + made_from(new, now, kept)


def best(photos: Sequence[EnrolPhoto]) -> EnrolPhoto:
    """The photo to show the person by: from the front if there is one, then by quality."""
    return max(photos, key=lambda photo: (photo.view is View.FRONT, photo.quality.score))


def _template(photo: EnrolPhoto, slot: int, now: datetime) -> Template:
    info = TemplateInfo(slot, photo.view, photo.quality.score, photo.contract.digest, now)
    return Template(info, photo.vector)
