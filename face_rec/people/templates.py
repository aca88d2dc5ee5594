"""Which photos of a person are kept as templates, and under which slots."""

from collections.abc import Sequence
from datetime import datetime

from face_rec.entities import Template, TemplateInfo, View
from face_rec.people.examine import EnrolPhoto

MOST = 10
"""Templates a person may have under one contract."""


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
    """One template a photo, in slots after those of ``earlier``."""
    start = max((template.info.slot for template in earlier), default=-1) + 1
    return [_template(photo, slot, now) for slot, photo in enumerate(photos, start)]


def best(photos: Sequence[EnrolPhoto]) -> EnrolPhoto:
    """The photo to show the person by: from the front if there is one, then by quality."""
    return max(photos, key=lambda photo: (photo.view is View.FRONT, photo.quality.score))


def _template(photo: EnrolPhoto, slot: int, now: datetime) -> Template:
    info = TemplateInfo(slot, photo.view, photo.quality.score, photo.contract.digest, now)
    return Template(info, photo.vector)
