"""Enrols a whole collection of photos, and reports on every person and photo.

An ID that already has templates of the model in use is left alone, so a second run changes
nothing; one that has templates of another model only gets new ones, so the same command
enrols everybody again after a change of the model.
"""

import io
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final, Self

import numpy as np

from face_rec.domain.enrolment_errors import ConsentMissing, FaceTaken
from face_rec.domain.errors import ArchiveRefused, PeopleError, PictureError
from face_rec.domain.people import Consent, Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence
from face_rec.people.details import Details, clean_details
from face_rec.people.enrolment import Enrolment
from face_rec.people.imports import photo_archive
from face_rec.people.imports.collection import Collection, PersonFiles, PhotoFile
from face_rec.people.photos import capture_hints
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import decode
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader

MOST_PHOTOS: Final = 100
"""Of one person, that are looked at: ten become templates, and each takes 0.9 MB of memory until
all are compared."""


class ImportOutcome(StrEnum):
    ADDED = "added"
    EXTENDED = "extended"  # known, but without a template of the model in use
    UNCHANGED = "unchanged"
    UNDECIDED = "undecided"  # kept, inactive: seems to be somebody who is registered already
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """``reason`` is "" for an accepted photo."""

    file: str
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PersonReport:
    """``about``: the subjects of all whom it names."""

    id: str
    outcome: ImportOutcome
    reason: str = ""
    photos: tuple[PhotoReport, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    people: tuple[PersonReport, ...]

    def subjects(self) -> Set[str]:
        """Whom it names, of those who are registered."""
        return {subject for person in self.people for subject in person.about}

    def without(self, gone: Set[str]) -> Self:
        """Without each line that names one of these, who are erased."""
        return replace(self, people=tuple(p for p in self.people if not gone & set(p.about)))

    def count(self, outcome: ImportOutcome) -> int:
        return sum(person.outcome is outcome for person in self.people)

    @property
    def photos_accepted(self) -> int:
        return sum(photo.accepted for person in self.people for photo in person.photos)

    @property
    def photos_refused(self) -> int:
        return sum(not photo.accepted for person in self.people for photo in person.photos)


GoingOn = Callable[[], None]
"""Whether the import may go on; raises where not."""


class Importer:
    """With ``dry_run`` everything is examined and nothing written."""

    def __init__(self, people: PeopleReader, enrolment: Enrolment, dry_run: bool = False) -> None:
        self._people = people
        self._enrolment = enrolment
        self._dry_run = dry_run

    def run(
        self, collection: Collection, consent: Consent | None, progress: Progress | None = None
    ) -> ImportReport:
        """Enrol everybody in ``collection``, under the consent they gave before.

        ``progress`` counts people; it is told at each photo, and before each person is written, so
        that what it raises ends the import there. Raises ConsentMissing, PackMissing,
        StoreUnavailable, and what ``progress`` raises; people done until then stay.
        """
        if not self._dry_run and (consent is None or not consent.valid):
            raise ConsentMissing(
                msgid("Nobody may be imported without their consent. Say how it was given.")
            )
        self._enrolment.examiner.models()
        before = {person.id: person.subject for person in self._people.everybody().people}
        told, count, reports = progress or _nobody, len(collection.people), []
        for done, files in enumerate(collection.people):
            reports.append(self._person(files, consent, before, partial(told, done, count)))
            told(done + 1, count)
        return ImportReport(tuple(reports))

    def run_zip(
        self, archive: bytes, consent: Consent | None, progress: Progress | None = None
    ) -> ImportReport:
        """The same for the ZIP whose bytes are given. Raises ArchiveRefused as well."""
        with photo_archive.opened(io.BytesIO(archive)) as collection:
            return self.run(collection, consent, progress)

    def _person(
        self,
        files: PersonFiles,
        consent: Consent | None,
        before: Mapping[str, str],
        going_on: GoingOn,
    ) -> PersonReport:
        """``before``: subjects by ID when the import began. Whoever was erased since does not come
        back by it: it was begun by somebody who did not know."""
        try:
            details = clean_details(
                Details(files.id, files.name, files.group, files.email, consent)
            )
            known = self._people.by_id(details.id)
        except PeopleError as error:
            return PersonReport(files.id, ImportOutcome.REFUSED, error.said)
        if known is None and details.id in before:
            went = msgid(
                "erased, or given another ID, during this import: not registered again by it"
            )
            about = (before[details.id],)
            return PersonReport(files.id, ImportOutcome.REFUSED, went, about=about)
        if known is not None and self._has_templates(known):
            waits = (
                msgid("waits for a decision") if known.resembles else msgid("registered already")
            )
            return PersonReport(files.id, ImportOutcome.UNCHANGED, waits, about=(known.subject,))
        return self._enrolled(details, known, files, going_on)

    def _enrolled(
        self, details: Details, known: Person | None, files: PersonFiles, going_on: GoingOn
    ) -> PersonReport:
        about: tuple[str, ...] = (known.subject,) if known else ()
        photos, reports = self._examined(files.photos, going_on)
        if not photos:
            reason = (
                msgid("no photo could be used") if files.photos else msgid("there are no photos")
            )
            return PersonReport(files.id, ImportOutcome.REFUSED, reason, reports, about)
        going_on()
        try:
            about = self._write(details, known, photos)
        except FaceTaken as taken:
            return self._undecided(details, known, photos, taken, reports)
        except (PeopleError, PictureError) as error:
            return PersonReport(files.id, ImportOutcome.REFUSED, error.said, reports, about)
        outcome = ImportOutcome.EXTENDED if known else ImportOutcome.ADDED
        weak = capture_hints.weakness(photos[0].weak) if photos[0].weak else ""
        return PersonReport(files.id, outcome, weak, reports, about)

    def _write(
        self, details: Details, known: Person | None, photos: list[EnrolPhoto]
    ) -> tuple[str, ...]:
        """Returns the subject of who is registered by then."""
        if self._dry_run:
            self._enrolment.check_new(photos, known.subject if known else "")
            return (known.subject,) if known else ()
        if known:
            return (self._enrolment.add_photos(known.subject, photos).subject,)
        return (self._enrolment.register(details, photos).subject,)

    def _undecided(
        self,
        details: Details,
        known: Person | None,
        photos: list[EnrolPhoto],
        taken: FaceTaken,
        reports: tuple[PhotoReport, ...],
    ) -> PersonReport:
        """Somebody new is kept until a person has looked; who is known keeps what they have."""
        looks = (taken.subject, *taken.others)
        if known is not None:
            about = (known.subject, *looks)
            return PersonReport(details.id, ImportOutcome.REFUSED, taken.said, reports, about)
        about = looks
        if not self._dry_run:
            try:
                kept = self._enrolment.keep_for_decision(details, photos, taken.subject)
                about = (kept.subject, *looks)
            except PeopleError as error:
                return PersonReport(details.id, ImportOutcome.REFUSED, error.said, reports)
        known_ones = self._people.many(looks)
        reason = sentence(
            "looks like {who}: kept until you decide under People whether they are the same",
            who=_named([known_ones[one] for one in looks if one in known_ones]),
        )
        return PersonReport(details.id, ImportOutcome.UNDECIDED, reason, reports, about)

    def _has_templates(self, person: Person) -> bool:
        digest = self._enrolment.examiner.models().contract.digest
        return any(template.contract == digest for template in person.templates)

    def _examined(
        self, files: Sequence[PhotoFile], going_on: GoingOn
    ) -> tuple[list[EnrolPhoto], tuple[PhotoReport, ...]]:
        """Every photo by itself first, then against the others: the first one may be wrong."""
        found = [self._examine(file, going_on) for file in files[:MOST_PHOTOS]]
        found += [_too_many()] * len(files[MOST_PHOTOS:])
        photos = [photo for photo in found if isinstance(photo, EnrolPhoto)]
        agreeing = self._agreeing(photos)
        agreeing = [photo for photo in agreeing if not photo.weak] or agreeing
        reports = [
            PhotoReport(file.name, accepted=photo in agreeing, reason=_reason(photo, agreeing))
            for file, photo in zip(files, found, strict=True)
        ]
        return agreeing, tuple(reports)

    def _examine(self, file: PhotoFile, going_on: GoingOn) -> EnrolPhoto | str:
        going_on()
        try:
            return self._enrolment.check(decode(file.read()))
        except (PictureError, ArchiveRefused) as error:
            return error.said
        except OSError as error:
            return str(error)

    def _agreeing(self, photos: list[EnrolPhoto]) -> list[EnrolPhoto]:
        """Those that show the person whom most photos show; none if there is no majority."""
        if len(photos) < 2:
            return photos
        vectors = np.stack([photo.vector for photo in photos])
        alike = vectors @ vectors.T >= self._enrolment.examiner.agreement
        middle = alike[alike.sum(axis=1).argmax()]
        if middle.sum() * 2 <= len(photos):
            return []
        return [photo for photo, same in zip(photos, middle, strict=True) if same]


def _nobody(_done: int, _of: int) -> None:
    """Nobody is told."""


def _too_many() -> Sentence:
    return sentence("not looked at: {most} photos of a person are enough", most=MOST_PHOTOS)


def _reason(photo: EnrolPhoto | str, agreeing: list[EnrolPhoto]) -> str:
    if isinstance(photo, str):
        return photo
    return "" if photo in agreeing else capture_hints.refusal(photo.weak or "other_person").said


def _named(people: Sequence[Person]) -> Sentence:
    names = [sentence("{name} (ID {id})", name=one.name, id=one.id) for one in people]
    who = names[0] if names else sentence("somebody registered already")
    for other in names[1:]:
        who = sentence("{who} and like {other}", who=who, other=other)
    return who
