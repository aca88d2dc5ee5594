"""Registering people and changing them. Whoever is to go is erased: :mod:`face_rec.privacy`."""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from face_rec.clock import Clock
from face_rec.domain.errors import PeopleError, PersonMissing
from face_rec.domain.faces import Image, Vector
from face_rec.domain.people import ERASED, Contract, Person, Template
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people import kept_photos
from face_rec.people.details import (
    LONGEST_NAME,
    Details,
    check_consent,
    check_free,
    check_photos_allowed,
    clean_details,
    clean_person,
    clean_text,
)
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.gallery.gallery import centroid
from face_rec.people.kept_photos import MOST_TEMPLATES, KeptPhotos
from face_rec.people.person_pictures import PersonPictures
from face_rec.people.photos import capture_hints
from face_rec.people.photos.capture import CaptureWatch, GuidedCapture, NotWatched
from face_rec.people.photos.photo_check import EnrolPhoto, Examiner, PhotoCheck
from face_rec.people.photos.quality import CAPTURE
from face_rec.protocols.models import Assessor, ModelSource
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

log = logging.getLogger(__name__)


class Enrolment:
    """Safe to call from several threads. All methods may raise StoreUnavailable; then nothing
    was written."""

    def __init__(
        self,
        *,
        people: PeopleReader,
        writer: PeopleWriter,
        models: ModelSource,
        assess: Assessor,
        duplicates: DuplicateCheck,
        photos: KeptPhotos,
        clock: Clock,
        watch: Callable[[], CaptureWatch] = NotWatched,
        check: PhotoCheck | None = None,
    ) -> None:
        """``watch``: a new one for each guided capture. ``check``: what else a photo must show."""
        self._people = people
        self._writer = writer
        self._photos = photos
        self._clock = clock
        self.duplicates = duplicates
        self._models = models
        self._assess = assess
        self._check = check
        self._watch = watch
        self.examiner = Examiner(models, assess, check=check)
        self._pictures = PersonPictures(writer, photos, self.examiner.examine)

    def check(self, image: Image, so_far: Sequence[EnrolPhoto] = ()) -> EnrolPhoto:
        """``image`` (BGR) as an enrolment photo: exactly one face, good enough, and the one
        in ``so_far``. Raises PictureRefused with a code and words to act on; PackMissing."""
        return self.examiner.examine(image, so_far)

    def guided(self, so_far: Sequence[EnrolPhoto] = ()) -> GuidedCapture:
        """A new guided capture, whose photos must agree with ``so_far``, too."""
        examiner = Examiner(self._models, self._assess, CAPTURE, check=self._check)
        return GuidedCapture(examiner, so_far, self._watch())

    def check_new(self, photos: Sequence[EnrolPhoto], own: str = "") -> None:
        """Raises FaceTaken if ``photos`` show somebody registered other than ``own``.
        Nothing is written; :meth:`register` and :meth:`add_photos` look again by themselves."""
        kept, contract = kept_photos.accepted(photos)
        self.duplicates.guarded(kept_photos.rows(kept), contract, lambda _: None, own)

    def check_same(self, subject: str, photos: Sequence[EnrolPhoto]) -> None:
        """Raises PictureRefused if ``photos`` show another face than is registered for them."""
        kept, contract = kept_photos.accepted(photos)
        face = centroid(kept_photos.rows(kept))
        self._check_face(self._people.templates(subject), face, contract)

    def register(
        self, details: Details, photos: Sequence[EnrolPhoto], reason: str = "", vouched: str = ""
    ) -> Person:
        """Add a person with a template for each of the best ten photos.

        The photos go to the snapshot store once the person is written. Raises
        ConsentMissing, DetailsRefused, IdTaken, Conflict, FaceTaken unless ``reason`` says
        why the same face may be registered again, and FaceDoubted unless an administrator has
        ``vouched`` for photos that the camera seems to have taken of a picture.
        """
        details, word = (
            clean_details(details),
            clean_text(msgid("reason"), vouched, LONGEST_NAME, True),
        )
        check_consent(details)
        self._check_id(details.id)
        kept, contract = kept_photos.accepted(self._photos.wanted(photos))
        person = replace(self._new_person(details), vouched=kept_photos.word_for(kept, word))
        made = kept_photos.made_from(kept, self._clock.now())
        created = self.duplicates.guarded(
            kept_photos.rows(kept), contract,
            lambda seen: self._writer.create(person, made, seen), reason=reason,
        )  # fmt: skip
        log.info("person_registered subject=%s templates=%d", created.subject, len(kept))
        self._photos.keep(created, kept)
        return self._pictures.stored(created, kept)

    def keep_for_decision(
        self, details: Details, photos: Sequence[EnrolPhoto], resembles: str
    ) -> Person:
        """Add a person who seems to be another one (``resembles``, a subject): inactive, so
        that nobody is recognised by their face, until :meth:`set_active` says that they are two
        people, :meth:`join` that they are one, or they are erased. Raises what
        :meth:`register` does but FaceTaken."""
        details = clean_details(details)
        check_consent(details)
        self._check_id(details.id)
        kept, _ = kept_photos.accepted(self._photos.wanted(photos))
        person = replace(self._new_person(details), active=False)
        templates = kept_photos.made_from(kept, self._clock.now())

        def create() -> Person:
            seen = self._people.revision()  # who is erased after it makes this one try again
            other = resembles if self._people.get(resembles) else ERASED
            return self._writer.create(replace(person, resembles=other), templates, seen)

        created = until_first(create)
        log.info("person_kept_for_decision subject=%s", created.subject)
        self._photos.keep(created, kept)
        return self._pictures.stored(created, kept)

    def join(self, subject: str) -> Person:
        """Give the templates of somebody kept for a decision to the person whom they resemble,
        as many as there is room for, and return that one: the two are the same. What is left
        to do is to erase ``subject``. Raises PersonMissing, ConsentMissing, PeopleError (no
        decision is open), PictureRefused (another face after all), Conflict."""

        def moved() -> Person:
            person, templates = self._of(subject)
            if not person.resembles:
                raise PeopleError(msgid("There is nothing to decide any more. Reload the page."))
            if person.resembles == ERASED:
                raise PeopleError(
                    msgid(
                        "The person whom this one looked like is erased. Activate "
                        "this one, or erase them, too."
                    )
                )
            check_photos_allowed(person)
            return self._joined(person, templates)

        return until_first(moved)

    def _joined(self, source: Person, templates: Sequence[Template]) -> Person:
        subject = source.resembles
        contract = self.examiner.models().contract
        new = [t for t in templates if t.info.contract == contract.digest]
        if not new:
            raise PeopleError(msgid("There are no photos of the model in use. Erase this person."))
        face = centroid(np.stack([template.vector for template in new]))
        self._check_same_person(subject, face, contract)
        person, stored = self._of(subject)
        everything = kept_photos.joined(stored, new)
        if len(everything) == len(stored):  # there is no room, or it was done before
            return person
        joined = self._writer.put_templates(
            subject, everything, person.version, self._people.revision()
        )
        self._photos.copy(source, joined)
        return joined

    def add_photos(self, subject: str, photos: Sequence[EnrolPhoto], reason: str = "") -> Person:
        """Add templates to a person, as many as there is room for.

        Weak ones go when a good one comes. Raises PersonMissing, ConsentMissing, PeopleError (no
        room), PictureRefused (another face than the person's, or weak where there are good
        ones), FaceTaken, FaceDoubted (nobody can vouch here), Conflict.
        """
        kept, contract = kept_photos.accepted(self._photos.wanted(photos))
        kept_photos.word_for(kept)
        faces = kept_photos.rows(kept)
        self._check_same_person(subject, centroid(faces), contract)
        person = self.duplicates.guarded(
            faces, contract, lambda seen: self._added(subject, kept, seen), own=subject,
            reason=reason,
        )  # fmt: skip
        log.info("templates_added subject=%s templates=%d", subject, len(kept))
        self._photos.keep(person, kept)
        if person.photo is None:
            person = self._pictures.with_new_key(person)
            return self._pictures.stored(person, kept)
        return person

    def remove_template(self, subject: str, slot: int) -> Person:
        """Remove one template with its photo, and what other models have made of that; a portrait
        that may be of that photo is made of another one that is kept, or goes. The last one
        stays: a person without a face is never marked, so raises PeopleError then;
        PersonMissing, Conflict."""

        def remove() -> Person:
            person, stored = self._of(subject)
            left = kept_photos.without(stored, slot)
            if not left:
                raise PeopleError(
                    msgid(
                        "This is the last photo. Add another one first, or "
                        "deactivate or erase the person."
                    )
                )
            return self._pictures.replaced(person, left, self._people.revision())

        person = until_first(remove)
        return person if person.photo else self._pictures.made_anew(person)

    def edit(self, person: Person) -> Person:
        """Save ID, name, group and e-mail of ``person`` as it was read and changed.

        Raises DetailsRefused, IdTaken, PersonMissing, and Conflict when somebody else saved
        the same person meanwhile.
        """
        return self._writer.update(clean_person(person))

    def set_active(self, subject: str, active: bool, reason: str = "") -> Person:
        """Let a person be recognised, or not for now. Raises PersonMissing, Conflict, and
        FaceTaken unless a ``reason`` is given: for whoever waits for a decision, and when their
        face was registered again while they were inactive."""

        def write(_: int = 0) -> Person:
            return self._writer.update(replace(self._get(subject), active=active))

        person, stored = self._of(subject)
        if active and person.resembles and not reason.strip():
            self.duplicates.check_decided(person)
        compared = active and not person.active and stored  # of no face nobody can have another
        contract = self.examiner.models().contract if compared else None
        rows = kept_photos.rows_of(stored, contract) if contract else []
        if contract is None or not rows:
            return until_first(write)
        return self.duplicates.guarded(np.stack(rows), contract, write, subject, reason)

    def _check_id(self, person_id: str) -> None:
        check_free(person_id, self._people.by_id(person_id))

    def _new_person(self, details: Details) -> Person:
        subject = secrets.token_hex(12)
        return Person(
            subject, details.id, details.name, details.group, details.email,
            consent=details.consent, photo=self._photos.new_key(subject),
            created_at=self._clock.now(),
        )  # fmt: skip

    def _check_same_person(self, subject: str, face: Vector, contract: Contract) -> None:
        person, stored = self._of(subject)
        check_photos_allowed(person)
        self._check_face(stored, face, contract)

    def _check_face(self, stored: Sequence[Template], face: Vector, contract: Contract) -> None:
        rows = kept_photos.rows_of(stored, contract)
        if rows:
            self.examiner.agree(face, centroid(np.stack(rows)))

    def _added(self, subject: str, photos: Sequence[EnrolPhoto], seen: int) -> Person:
        person, stored = self._of(subject)
        weak, own = photos[0].weak, kept_photos.of_contract(stored, photos[0].contract)
        good = [template for template in own if not template.info.weak]
        if weak and good:
            raise capture_hints.refusal(weak)
        if len(own if weak else good) >= MOST_TEMPLATES:
            raise PeopleError(
                sentence(
                    "There are {most} photos already. Remove the poorest one first.",
                    most=MOST_TEMPLATES,
                )
            )
        everything = kept_photos.merged(stored, photos, self._clock.now())
        return self._pictures.replaced(person, everything, seen)

    def _get(self, subject: str) -> Person:
        person = self._people.get(subject)
        if person is None:
            raise PersonMissing(msgid("This person was deleted meanwhile. Reload the page."))
        return person

    def _of(self, subject: str) -> tuple[Person, list[Template]]:
        """The person first: if the templates change in between, the version tells."""
        return self._get(subject), self._people.templates(subject)
