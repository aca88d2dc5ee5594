"""Which photos of a person are kept: as templates, under which slots, as the portrait that they
are shown by, and as pictures that another model can be shown, in the snapshot store."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from face_rec.domain.enrolment_errors import FaceDoubted
from face_rec.domain.errors import Conflict, PeopleError, StoreError
from face_rec.domain.faces import Matrix, Vector, View
from face_rec.domain.people import Contract, Person, PhotoLife, Template, TemplateInfo
from face_rec.domain.pictures import PEOPLE, Tidied, kept_of, kept_photo, portraits_of
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import jpeg_of
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

MOST_TEMPLATES = 10
"""A person may have of one model."""
SLOTS = 2 * MOST_TEMPLATES
"""Of all models: the one in use, and the one that it is changed for, or was."""
_PORTRAIT_QUALITY = 90
_AT_ONCE = 500  # people a round trip


def chosen(photos: Sequence[EnrolPhoto], room: int = MOST_TEMPLATES) -> list[EnrolPhoto]:
    """At most ``room`` photos: the best of each view first, then the best of the rest; weak ones
    only where there is no other."""
    photos = [photo for photo in photos if not photo.weak] or photos
    by_quality = sorted(photos, key=lambda photo: photo.quality.score, reverse=True)
    views: set[View] = set()
    first: list[EnrolPhoto] = []
    rest: list[EnrolPhoto] = []
    for photo in by_quality:
        (rest if photo.view in views else first).append(photo)
        views.add(photo.view)
    return (first + rest)[:room]


def accepted(photos: Sequence[EnrolPhoto]) -> tuple[list[EnrolPhoto], Contract]:
    """Those of ``photos`` that are taken, and their contract. Raises PeopleError where there is
    none, Conflict where they were looked at by two models."""
    if not photos:
        raise PeopleError(msgid("There is no photo yet. Add at least one."))
    if len({photo.contract for photo in photos}) > 1:
        raise Conflict(msgid("The face model was changed meanwhile. Take the photos again."))
    return chosen(photos), photos[0].contract


def word_for(photos: Sequence[EnrolPhoto], vouched: str = "") -> str:
    """What is kept of an administrator's word: it, and what it was given against; "" where nothing
    was. Raises FaceDoubted where one of ``photos`` was taken of a picture and nobody vouches for
    the person."""
    doubted = [photo for photo in photos if photo.life == PhotoLife.ATTACK]
    if not doubted:
        return ""
    why = listed(dict.fromkeys(word for photo in doubted for word in photo.doubts))
    if not vouched:
        raise FaceDoubted(why)
    return f"{vouched} (against: {why})"


def made_from(
    photos: Sequence[EnrolPhoto], now: datetime, earlier: Sequence[Template] = ()
) -> list[Template]:
    """One template a photo, in the lowest slots that ``earlier`` leaves free."""
    used = {template.info.slot for template in earlier}
    free = [slot for slot in range(SLOTS) if slot not in used]
    return [_template(photo, slot, now) for photo, slot in zip(photos, free, strict=False)]


def merged(
    stored: Sequence[Template], photos: Sequence[EnrolPhoto], now: datetime
) -> list[Template]:
    """``stored`` and as many of ``photos`` (of one contract) as there is room for; weak ones of
    that contract go when good ones come, with what other models have made of any weak photo:
    from it the weak one would be made again.

    Templates of other contracts, kept in case the model is changed back, make room if need
    be, the oldest first.
    """
    digest = photos[0].contract.digest
    if not photos[0].weak:
        weak = named(template.info for template in stored if template.info.weak)
        stored = [
            template
            for template in stored
            if template.info.photo not in weak
            and not (template.info.weak and template.info.contract == digest)
        ]
    own = [template for template in stored if template.info.contract == digest]
    new = chosen(photos, MOST_TEMPLATES - len(own))
    others = [template for template in stored if template.info.contract != digest]
    others.sort(key=lambda template: template.info.added_at, reverse=True)
    kept = own + others[: SLOTS - len(own) - len(new)]
    return kept + made_from(new, now, kept)


def without(stored: Sequence[Template], slot: int) -> list[Template]:
    """``stored`` but the one in ``slot``, and but those that were made from its photo."""
    photos = named(template.info for template in stored if template.info.slot == slot)
    return [one for one in stored if one.info.slot != slot and one.info.photo not in photos]


def rows(photos: Sequence[EnrolPhoto]) -> Matrix:
    """(N, D): a row a photo."""
    return np.stack([photo.vector for photo in photos])


def of_contract(stored: Sequence[Template], contract: Contract) -> list[Template]:
    return [template for template in stored if template.info.contract == contract.digest]


def rows_of(stored: Sequence[Template], contract: Contract) -> list[Vector]:
    return [template.vector for template in of_contract(stored, contract)]


def named(templates: Iterable[TemplateInfo]) -> set[str]:
    """The kept photos that these were made from."""
    return {info.photo for info in templates if info.photo}


def joined(stored: Sequence[Template], new: Sequence[Template]) -> list[Template]:
    """``stored`` and the best of ``new``, another record's of one contract, as there is room for;
    none twice."""
    known = {template.vector.tobytes() for template in stored}
    new = [template for template in new if template.vector.tobytes() not in known]
    contracts, used = {t.info.contract for t in new}, {t.info.slot for t in stored}
    room = MOST_TEMPLATES - sum(template.info.contract in contracts for template in stored)
    free = [slot for slot in range(SLOTS) if slot not in used][: max(0, room)]
    best_first = sorted(new, key=lambda template: template.info.quality, reverse=True)
    moved = [
        replace(template, info=replace(template.info, slot=slot))
        for template, slot in zip(best_first, free, strict=False)
    ]
    return [*stored, *moved]


def best(photos: Sequence[EnrolPhoto]) -> EnrolPhoto:
    """The photo to show the person by: from the front if there is one, then by quality."""
    return max(photos, key=lambda photo: (photo.view is View.FRONT, photo.quality.score))


def may_show(info: TemplateInfo, stored: Iterable[TemplateInfo]) -> bool:
    """Whether the portrait may be of the photo of ``info``, one of ``stored``: it is the best (see
    :func:`best`) of those that came at one time. From which of them is not written down, so a
    portrait goes rather once too often than stays."""
    together = [one for one in stored if one.added_at == info.added_at]
    return _worth(info) == max(map(_worth, together), default=_worth(info))


def _worth(info: TemplateInfo) -> tuple[bool, float]:
    return info.view is View.FRONT, info.quality


class KeptPhotos:
    """Pictures lie under ``people/<subject>/``, so that all of a person's can be found.

    Keys are made before the person is written and their pictures stored afterwards: a write that
    fails leaves no picture behind. ``everything``: whether each accepted photo is kept, or the
    portrait only.
    """

    def __init__(self, snapshots: SnapshotStore, *, everything: bool = True) -> None:
        self._snapshots = snapshots
        self._everything = everything

    def new_key(self, subject: str) -> str:
        return f"{portraits_of(subject)}{secrets.token_hex(8)}.jpg"

    def wanted(self, photos: Sequence[EnrolPhoto]) -> list[EnrolPhoto]:
        """``photos`` with what is to be kept of them."""
        if self._everything:
            return list(photos)
        return [replace(photo, picture=b"") for photo in photos]

    def keep(self, person: Person, photos: Sequence[EnrolPhoto]) -> None:
        """Store those of ``photos`` that ``person`` has templates of. One that cannot be stored
        is no reason to undo a registration: a change of the model then names it."""
        names = named(person.templates)
        for photo in photos:
            if photo.name in names:
                self._put(person.subject, kept_photo(person.subject, photo.name), photo.picture)

    def copy(self, source: Person, target: Person) -> None:
        """Store the photos of those templates that ``target`` has from ``source``."""
        for name in named(source.templates) & named(target.templates):
            try:
                picture = self._snapshots.get(kept_photo(source.subject, name))
            except StoreError as error:
                log.warning("photo_not_copied subject=%s reason=%s", target.subject, error)
                continue
            self._put(target.subject, kept_photo(target.subject, name), picture)

    def keep_portrait(self, person: Person, photos: Sequence[EnrolPhoto]) -> bool:
        """Store the best of ``photos`` under the person's key; False if that failed, which
        is no reason to undo a registration."""
        if not person.photo:
            return True
        jpeg = jpeg_of(best(photos).portrait, _PORTRAIT_QUALITY)
        return self._put(person.subject, person.photo, jpeg)

    def best_left(self, person: Person) -> bytes | None:
        """The photo to show ``person`` by of those that are kept; None if there is none."""
        named_ones = [info for info in person.templates if info.photo]
        if not named_ones:
            return None
        try:
            name = max(named_ones, key=_worth).photo
            return self._snapshots.get(kept_photo(person.subject, name))
        except StoreError as error:
            log.warning("kept_photo_not_read subject=%s reason=%s", person.subject, error)
            return None

    def forget_portrait(self, person: Person) -> None:
        """Remove the picture of ``person``."""
        try:
            if person.photo:
                self._snapshots.delete(person.photo)
        except StoreError as error:
            log.warning("portrait_not_removed subject=%s reason=%s", person.subject, error)

    def forget(self, subject: str, names: Iterable[str]) -> None:
        """Remove kept photos that no template is left of. What the store does not remove now,
        :meth:`tidy` does."""
        for name in names:
            try:
                self._snapshots.delete(kept_photo(subject, name))
            except StoreError as error:
                log.warning("kept_photo_not_removed subject=%s reason=%s", subject, error)

    def tidy(self, many: Callable[[Sequence[str]], Mapping[str, Person]]) -> Tidied:
        """Remove kept photos that no template of their person is left of; all of them where none
        are to be kept. Photos of somebody who is not here are left to erasures: a database that
        has lost people must not cost their photos. ``many``: people by subject. Raises StoreError.
        """
        sizes: dict[str, dict[str, int]] = {}
        for key, size in self._snapshots.sizes(PEOPLE):
            kept = kept_of(key)
            if kept:
                sizes.setdefault(kept[0], {})[kept[1]] = size
        left, removed = dict[tuple[str, str], int](), 0
        for subjects in _batches(list(sizes)):
            people = many(subjects)
            for subject in subjects:
                needless = self._needless(people.get(subject), set(sizes[subject]))
                self._remove(subject, needless)
                removed += len(needless)
                left |= {(subject, n): b for n, b in sizes[subject].items() if n not in needless}
        return Tidied(len(left), sum(left.values()), removed)

    def _needless(self, person: Person | None, names: set[str]) -> set[str]:
        if not self._everything:
            return names
        return names - named(person.templates) if person else set()

    def _remove(self, subject: str, names: Iterable[str]) -> None:
        for name in names:
            self._snapshots.delete(kept_photo(subject, name))

    def _put(self, subject: str, key: str, jpeg: bytes) -> bool:
        try:
            self._snapshots.put(key, jpeg)
        except StoreError as error:
            log.warning("photo_not_stored subject=%s reason=%s", subject, error)
            return False
        return True


def _batches(subjects: Sequence[str]) -> list[Sequence[str]]:
    return [subjects[n : n + _AT_ONCE] for n in range(0, len(subjects), _AT_ONCE)]


def _template(photo: EnrolPhoto, slot: int, now: datetime) -> Template:
    score, digest = photo.quality.score, photo.contract.digest
    info = TemplateInfo(slot, photo.view, score, digest, now, photo.name, photo.weak, photo.life)
    return Template(info, photo.vector)
