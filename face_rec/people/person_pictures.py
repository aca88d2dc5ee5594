"""What is kept of a person in pictures, when their templates change."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from face_rec.domain.errors import Conflict, FaceRecError, StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.domain.people import Person, Template
from face_rec.people import kept_photos
from face_rec.people.kept_photos import KeptPhotos
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import decode
from face_rec.protocols.people_store import PeopleWriter

log = logging.getLogger(__name__)


class PersonPictures:
    """Of enrolment; any thread. ``check``: a picture as an enrolment photo."""

    def __init__(
        self, writer: PeopleWriter, photos: KeptPhotos, check: Callable[[Image], EnrolPhoto]
    ) -> None:
        self._writer = writer
        self._photos = photos
        self._check = check

    def replaced(self, was: Person, templates: Sequence[Template], seen: int) -> Person:
        """``was`` with these templates instead, and without the photos of those that went, nor a
        portrait that may be one of them."""
        person = self._writer.put_templates(was.subject, templates, was.version, seen)
        gone = kept_photos.named(was.templates) - kept_photos.named(person.templates)
        self._photos.forget(was.subject, gone)
        went = [info for info in was.templates if info not in person.templates]
        if person.photo and any(kept_photos.may_show(info, was.templates) for info in went):
            self._photos.forget_portrait(person)
            return self._with_key(person, None)
        return person

    def made_anew(self, person: Person) -> Person:
        """``person`` with a portrait of the best photo that is kept, if one can be made."""
        jpeg = self._photos.best_left(person)
        if jpeg is None:
            return person
        try:
            photo = self._check(decode(jpeg))
        except FaceRecError as error:  # another model, or none
            log.info("portrait_not_renewed subject=%s reason=%s", person.subject, error)
            return person
        person = self.with_new_key(person)
        return self.stored(person, [photo])

    def stored(self, person: Person, photos: Sequence[EnrolPhoto]) -> Person:
        """Store the person's picture, or note that there is none."""
        kept = self._photos.keep_portrait(person, photos)
        return person if kept else self._with_key(person, None)

    def _with_key(self, person: Person, key: str | None) -> Person:
        try:
            return self._writer.update(replace(person, photo=key))
        except (Conflict, StoreUnavailable):  # the templates are saved: the picture can wait
            return person

    def with_new_key(self, person: Person) -> Person:
        """A key first, its picture afterwards: a write that fails leaves no picture behind."""
        return self._with_key(person, self._photos.new_key(person.subject))
