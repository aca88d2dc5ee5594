"""How well a model knows the people of this site, by their own templates and confirmed marks.

One run searches the gallery in use with every template (each without its own person, see
:mod:`face_rec.models.scores.searches`) and with pictures of marks that somebody has confirmed.
What it keeps are counts; nothing is stored until an administrator takes the advice.
"""

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

import numpy as np

from face_rec.attendance.marks.effective_marks import entries as standing
from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError, ModelError, PackMissing
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.domain.site.own_calibration import OwnCalibration
from face_rec.journey.decide import Limits, Policy, video_limits
from face_rec.languages.language import msgid
from face_rec.models.scores import care, tail
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.models.scores.care import MarkHistory
from face_rec.models.scores.group_rates import group_rates, labelled, tags_of
from face_rec.models.scores.identification import Scored, advised, condition, promised
from face_rec.models.scores.impostors import embedded
from face_rec.models.scores.own_report import Check, Doubles, Finding, Need, OwnReport
from face_rec.models.scores.searches import Collector, Pause, Searches
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import agreement
from face_rec.people.photos.photos import decode
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import FaceModels, ModelSource, Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

PHOTOS: Final = msgid("Enrolment photos")
MARKS: Final = msgid("Confirmed marks")
MARK_DAYS: Final = 90
MOST_PICTURES: Final = 3_000
"""Of marks; to find and embed the face in one takes 50 to 100 ms."""
UNSURE: Final = 0.02
"""By which the threshold may differ with and without those who may be registered twice: as much as
the template of another photo of everybody makes it differ."""
_FEW: Final = 200
"""Pairs are few if there is at most one among so many people."""
_PART: Final = 4
"""One in so many people is the small gallery from which the large one is foretold."""
CHECKED: Final = 20_000
"""People among whom that is tried, about and at most. Three quarters of them lie in memory beside
the gallery in use: 0.12 GB with three photos each."""


class OwnPeople:
    """Safe to call from any thread; one run at a time is enough for a machine."""

    def __init__(
        self,
        *,
        people: PeopleReader,
        models: ModelSource,
        gallery: Callable[[], MemoryGallery | None],
        pictures: SnapshotStore,
        marks: MarkReader,
        policy: Policy,
        clock: Clock,
        missed: Callable[[], Sequence[Mapping[str, int]]] | None = None,
    ) -> None:
        """``gallery``: the one in use; None while there is none. ``missed``: by day and subject,
        how often a visit came near to somebody and ended without a name; None: nobody counts."""
        self._missed = missed
        self._people = people
        self._models = models
        self._gallery = gallery
        self._pictures = pictures
        self._marks = marks
        self._policy = policy
        self._clock = clock

    def in_background(self, progress: Progress, tags: bytes) -> OwnReport:
        """:meth:`measure` in a thread that ends with it, behind those of the kiosks."""
        pause = Pause()
        pause.step_back()
        return self.measure(progress, pause, tags)

    def measure(self, progress: Progress, pause: Pause, tags: bytes = b"") -> OwnReport:
        """Search with everything there is; minutes for 10,000 people. ``tags``: a CSV file, or
        nothing; see ``tags_of``. Raises PeopleError for another one, PackMissing, and ModelError
        while the gallery is being loaded or is empty."""
        labels = tags_of(tags) if tags else {}
        models, gallery = self._in_use()
        limits = video_limits(self._policy, models.calibration, gallery.templates)
        steps = _Steps(gallery.people, progress, pause)
        photos = self._photos(gallery, steps)
        history = self._history(models.contract.digest, steps)
        marks = self._confirmed(gallery, history, steps)
        one_person = care.one_person_from(photos)
        found = {PHOTOS: photos, MARKS: marks} if len(marks) else {PHOTOS: photos}
        clean = {name: care.apart(one, one_person) for name, one in found.items()}
        scored = {name: Scored(searches, limits.margin) for name, searches in clean.items()}
        check = self._check(models.contract, one_person, len(photos), limits.margin, steps)
        today = self._clock.now().date()

        def advice(of: Iterable[Scored]) -> OwnCalibration | None:
            return advised(
                list(of), contract=models.contract.digest, people=gallery.people,
                templates=gallery.templates, margin=limits.margin, check=check, today=today,
            )  # fmt: skip

        findings = (
            *self._findings(photos, history, models, limits), *care.doubted(self._people.all()),
        )  # fmt: skip
        taken = advice(scored.values())
        dropped = any(len(clean[name]) < len(one) for name, one in found.items())
        everybody = (
            advice(Scored(one, limits.margin) for one in found.values()) if dropped else taken
        )
        doubles = _doubles(taken, everybody, findings, gallery.people)
        taken = everybody if doubles is Doubles.COUNTED else taken
        then = None if taken is None else promised(taken)
        overridden = self._policy.threshold is not None or self._policy.margin is not None
        return OwnReport(
            today, models.contract.digest, gallery.people, gallery.templates,
            limits.threshold, limits.margin, overridden,
            tuple(condition(name, one, limits.threshold, then) for name, one in scored.items()),
            check, taken, doubles, findings,
            group_rates(
                clean[PHOTOS], labelled(self._people.all(), labels), limits.threshold,
                scored[PHOTOS].owners,
            ),
            self._missed is not None,
        )  # fmt: skip

    def _findings(
        self, photos: Searches, history: MarkHistory, models: FaceModels, limits: Limits
    ) -> tuple[Finding, ...]:
        return (
            *care.alike(photos, limits.threshold), *care.strange(photos, agreement(models)),
            *history.sinking(limits.threshold), *history.missed(photos.subjects),
            *history.unnamed(self._missed() if self._missed else (), photos.subjects),
            *history.few(photos),
        )  # fmt: skip

    def _in_use(self) -> tuple[FaceModels, MemoryGallery]:
        models, gallery = self._models.current(), self._gallery()
        if models is None:
            raise PackMissing(msgid("There is no face model yet. Install one on the Models page."))
        if gallery is None or gallery.contract != models.contract:
            raise ModelError(msgid("The gallery is still being loaded. Try again in a minute."))
        if not gallery.people:
            raise ModelError(msgid("Nobody can be recognised yet. Register people first."))
        return models, gallery

    def _photos(self, gallery: MemoryGallery, steps: "_Steps") -> Searches:
        collector = Collector(gallery)
        entries = self._people.entries(gallery.contract.digest)
        for done in collector.templates(entry for entry in entries if gallery.fits(entry)):
            steps.photos(done)
        return collector.made()

    # --- pictures of marks

    def _confirmed(
        self, gallery: MemoryGallery, history: MarkHistory, steps: "_Steps"
    ) -> Searches:
        """Of marks that a person has confirmed: what a camera named by itself says nothing of
        whom it did not name."""
        collector = Collector(gallery)
        wanted, left = history.pictures, MOST_PICTURES
        for done, (subject, pictures) in enumerate(wanted.items(), 1):
            keys, left = pictures[:left], max(0, left - len(pictures))
            entry = self._people.entry(subject, gallery.contract.digest)
            rows = [row for key in keys if (row := self._row(key, steps)) is not None]
            if entry is not None and gallery.fits(entry) and rows:
                collector.looks(entry, np.concatenate(rows))
            steps.marks(done, len(wanted))
        return collector.made()

    def _history(self, contract: str, steps: "_Steps") -> MarkHistory:
        today = self._clock.now().date()
        history = MarkHistory(contract, today)
        for back in range(MARK_DAYS):
            steps.rest()
            day = today - timedelta(days=back)
            history.add(day, standing(self._marks.day(day)).marks)
        return history

    def _row(self, key: str, steps: "_Steps") -> "np.typing.NDArray[np.float32] | None":
        models = self._models.current()
        steps.rest()
        try:
            return embedded(models, decode(self._pictures.get(key))) if models else None
        except FaceRecError as error:
            log.info("mark_left_out key=%s reason=%s", key, error)
            return None

    # --- what follows from it

    def _check(
        self,
        contract: Contract,
        one_person: float,
        looks: int,
        margin: float,
        steps: "_Steps",
    ) -> Check | None:
        if looks * tail.SHARE < tail.FEWEST * _PART * 1.1:
            return None
        small, from_people, few = self._part(contract, _drawn, steps)
        scored = Scored(care.apart(small, one_person), margin)
        large, people, many = self._part(contract, lambda subject: not _drawn(subject), steps)
        if scored.tail is None or not len(large):
            return None
        share = 1 - (1 - STRANGER_NAMED) ** (few / many)
        threshold = scored.tail.bounds(share)[1]
        reached = Scored(care.apart(large, one_person), margin).at(threshold).reached
        return Check(from_people, people, threshold, reached)

    def _part(
        self, contract: Contract, among: Callable[[str], bool], steps: "_Steps"
    ) -> tuple[Searches, int, int]:
        """A gallery of some people, searched with their own photos, and how many people and
        templates it had; it is gone again."""
        everybody = self._people.count()

        def some() -> Iterator[GalleryEntry]:
            for entry in self._people.entries(contract.digest):
                subject = entry.subject
                if among(subject) and _sampled(subject, everybody) and gallery.fits(entry):
                    yield entry

        gallery = MemoryGallery(contract)
        gallery.load(some(), 0)
        collector = Collector(gallery)
        for _ in collector.templates(some()):
            steps.check()
        return collector.made(), gallery.people, gallery.templates


class _Steps:
    """How far a run is, in people: photos are half of it, marks and the check the rest."""

    def __init__(self, people: int, progress: Progress, pause: Pause) -> None:
        self._people = people
        self._progress = progress
        self._pause = pause

    def rest(self) -> None:
        self._pause()

    def photos(self, done: int) -> None:
        self._progress(min(done, self._people), 2 * self._people)
        self.rest()

    def check(self) -> None:
        self._progress(2 * self._people - 1, 2 * self._people)
        self.rest()

    def marks(self, done: int, total: int) -> None:
        self._progress(self._people + self._people * done // (2 * total), 2 * self._people)
        self.rest()


def _doubles(
    without: OwnCalibration | None,
    everybody: OwnCalibration | None,
    findings: Sequence[Finding],
    people: int,
) -> Doubles:
    """Few may be left out by somebody's word. Many are rather a site of siblings, and who is
    taken for a sister is taken for somebody else."""
    if without is None or (everybody and promised(everybody) - promised(without) <= UNSURE):
        return Doubles.LEFT_OUT
    pairs = sum(one.need is Need.SAME for one in findings)
    few = pairs <= max(1, people // _FEW) and pairs < care.MOST
    return Doubles.ASKED if few else Doubles.COUNTED


def _drawn(subject: str) -> bool:
    """Whether somebody is in the small gallery; the same at every run."""
    return zlib.crc32(subject.encode()) % _PART == 0


def _sampled(subject: str, people: int) -> bool:
    """Whether somebody is in either gallery of the check, by other lots than _drawn's."""
    return zlib.crc32(subject.encode()) // _PART % max(people, 1) < CHECKED
