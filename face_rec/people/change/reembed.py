"""One person's kept photos, shown to another model."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import numpy as np

from face_rec.clock import Clock
from face_rec.domain.errors import (
    Conflict,
    ModelError,
    PersonMissing,
    PictureError,
    SnapshotMissing,
    StoreError,
    StoreUnavailable,
)
from face_rec.domain.faces import Face, Image, View
from face_rec.domain.people import Person, Template, TemplateInfo
from face_rec.domain.pictures import kept_photo
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.change.plan import PORTRAIT, ChangeStore, Plan, Side
from face_rec.people.gallery.gallery import centroid
from face_rec.people.kept_photos import SLOTS, rows_of
from face_rec.people.photos.photo_check import (
    agreement,
    embedded,
    most_prominent,
    name_of,
)
from face_rec.people.photos.photos import decode
from face_rec.protocols.models import FaceModels
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

_SIZES: Final = (320, 640, 160)
"""Of a detection, px, one after the other: the face takes a third of a kept photo."""


_ON_ITS_WAY: Final = timedelta(minutes=10)
"""So long a new photo may be on its way to the store from another machine."""


class Unusable(Exception):
    """Why no template can be made of a photo, in words."""


class NotYet(Exception):
    """The photo may still come."""


class Reembedding:
    """``pictures``: a picture by its key. Safe from any thread."""

    def __init__(self, pictures: Callable[[str], bytes], clock: Clock) -> None:
        self._pictures = pictures
        self._clock = clock

    def of(self, person: Person, photo: str, models: FaceModels) -> Template:
        """The template that ``models`` make of one of the person's photos, without a slot of its
        own yet. Raises Unusable, NotYet, and StoreUnavailable."""
        info = _info(person, photo)
        image = self._picture(person, photo, info.added_at)
        face = _face(models, image, centred=photo != PORTRAIT)
        vector = embedded(models, image, face)
        return Template(replace(info, contract=models.contract.digest, photo=photo), vector)

    def prove_portrait(
        self, person: Person, models: FaceModels, stored: Sequence[Template]
    ) -> None:
        """That the portrait shows whom the ``stored`` templates of ``models`` were made of: no
        name of its content stands in the person's record. Raises what :meth:`of` does."""
        rows = rows_of(stored, models.contract)
        if not rows:
            raise Unusable(msgid("There is nothing that the portrait could be held against."))
        vector = self.of(person, PORTRAIT, models).vector
        if float(vector @ centroid(np.stack(rows))) < agreement(models):
            raise Unusable(msgid("The portrait does not show the face that was registered."))

    def _picture(self, person: Person, photo: str, added_at: datetime) -> Image:
        key = kept_photo(person.subject, photo) if photo else person.photo
        try:
            jpeg = self._pictures(key or "")
        except SnapshotMissing:
            if self._clock.now() - added_at < _ON_ITS_WAY:
                raise NotYet from None
            raise Unusable(msgid("The photo is not there any more.")) from None
        except StoreUnavailable:
            raise
        except StoreError as error:
            raise Unusable(str(error)) from error
        if photo and name_of(jpeg) != photo:
            raise Unusable(
                msgid("The file is not the photo that was accepted: somebody changed it.")
            )
        try:
            return decode(jpeg)
        except PictureError as error:
            raise Unusable(str(error)) from error


def _info(person: Person, photo: str) -> TemplateInfo:
    """What is known of the photo. Of a portrait: it is the best photo from the front."""
    if photo:
        return next(info for info in person.templates if info.photo == photo)
    return max(person.templates, key=lambda info: (info.view is View.FRONT, info.quality))


def _face(models: FaceModels, image: Image, *, centred: bool) -> Face:
    """The face that the photo is about: of kept ones, that in the middle."""
    height, width = image.shape[:2]
    for size in _SIZES:
        faces = models.detector.detect(image, size)
        if centred:
            faces = [face for face in faces if _covers(face, width / 2, height / 2)]
        if faces:
            return most_prominent(faces, image)
    raise Unusable(msgid("This pack finds no face in the photo."))


def _covers(face: Face, x: float, y: float) -> bool:
    box = face.box
    return box.left <= x < box.right and box.top <= y < box.bottom


def joined(
    stored: Sequence[Template], made: Sequence[Template], kept: Iterable[str]
) -> list[Template]:
    """``stored`` with what was ``made``. Where there is no room, templates of contracts other than
    those in ``kept`` make some, the oldest first."""
    kept = set(kept)
    others = [template for template in stored if template.info.contract not in kept]
    others.sort(key=lambda template: template.info.added_at, reverse=True)
    own = [template for template in stored if template.info.contract in kept]
    left = own + others[: max(0, SLOTS - len(own) - len(made))]
    used = {template.info.slot for template in left}
    free = (slot for slot in range(SLOTS) if slot not in used)
    return left + [
        Template(replace(template.info, slot=slot), template.vector)
        for template, slot in zip(made, free, strict=False)
    ]


class Packs(Protocol):
    """The models here."""

    @property
    def wanted(self) -> str:
        """Name or folder of the pack in use."""
        ...

    def current(self) -> FaceModels | None: ...

    def beside(self, name: str) -> FaceModels:
        """An installed pack, loaded beside the one in use. Raises ModelError."""
        ...

    def follow(self) -> None:
        """Use what the site has switched to, as every process does by itself within seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """Templates of one side to be made of a person's photos."""

    side: Side
    person: Person
    photos: list[str]


class Maker:
    """Makes one person's templates and writes them; of one thread at a time."""

    def __init__(
        self,
        store: ChangeStore,
        people: PeopleReader,
        writer: PeopleWriter,
        packs: Packs,
        reembedding: Reembedding,
    ) -> None:
        self._store = store
        self._people = people
        self._writer = writer
        self._packs = packs
        self._reembedding = reembedding
        self._beside: FaceModels | None = None
        self._given_up: set[str] = set()  # of whom the old model makes nothing

    def hopes_for(self, plan: Plan, work: Work) -> bool:
        """Whether it was not tried in vain; of the new model the store remembers that."""
        return work.side == plan.new or work.person.subject not in self._given_up

    def models(self, side: Side) -> FaceModels:
        """Those in use, or loaded beside them. Raises ModelError."""
        for models in (self._packs.current(), self._beside):
            if models is not None and models.contract.digest == side.contract:
                return models
        self._beside = self._packs.beside(side.pack)
        if self._beside.contract.digest != side.contract:
            raise ModelError(
                sentence(
                    "The pack '{pack}' on this machine is another one than that of "
                    "the change. Install the same on all machines.",
                    pack=side.pack,
                )
            )
        return self._beside

    def forget_models(self) -> None:
        """Those that were loaded beside."""
        self._beside = None

    def make(self, plan: Plan, work: Work) -> bool:
        """What can be made of the photos is written, the rest noted with its reason; whether there
        was any. Of somebody who was changed meanwhile nothing is. Raises ModelError and
        StoreError."""
        made: list[Template] = []
        reasons: dict[str, str] = {}
        models = self.models(work.side)
        for photo in work.photos:
            try:
                if photo == PORTRAIT:
                    self._prove_portrait(plan, work)
                made.append(self._reembedding.of(work.person, photo, models))
            except Unusable as error:
                reasons[photo] = str(error)
            except NotYet:
                continue
        with suppress(Conflict, PersonMissing):
            if made:
                self._write(plan, work.person, made)
            if reasons:
                self._failed(plan, work, reasons)
        return bool(made or reasons)

    def _prove_portrait(self, plan: Plan, work: Work) -> None:
        """By the other side's model, which knows the person."""
        models = self.models(plan.old if work.side == plan.new else plan.new)
        stored = self._people.templates(work.person.subject)
        self._reembedding.prove_portrait(work.person, models, stored)

    def _write(self, plan: Plan, person: Person, made: Sequence[Template]) -> None:
        kept = (plan.old.contract, plan.new.contract)

        def write() -> Person:
            revision = self._people.revision()
            templates = joined(self._people.templates(person.subject), made, kept)
            return self._writer.put_templates(person.subject, templates, person.version, revision)

        until_first(write)

    def _failed(self, plan: Plan, work: Work, reasons: dict[str, str]) -> None:
        """Of whoever is still here, else what is erased would be told of."""
        subject = work.person.subject
        if work.side != plan.new:
            self._given_up.add(subject)
        elif self._people.get(subject) is not None:
            self._store.fail(subject, reasons)
