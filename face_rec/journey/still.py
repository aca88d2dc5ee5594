"""Still: one deliberate picture, judged by one look at stricter limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from face_rec.domain.errors import JournalError, PackMissing
from face_rec.domain.faces import Face, Image, Quality
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.liveness import Check, Hold
from face_rec.domain.marks import Receipt, Source
from face_rec.domain.recognition import NO_MATCH, Decision, Flaw, Look, Match, Verdict
from face_rec.journey.decide import (
    Policy,
    decide_still,
    nobody,
    one_each,
    still_enrolled,
    still_limits,
)
from face_rec.journey.detect import LARGEST
from face_rec.journey.embed import Gate
from face_rec.journey.liveness.evidence import Evidence, sight
from face_rec.journey.liveness.judge import judge
from face_rec.journey.marking.punch import Named, Puncher
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.kiosks.offline import Capture
from face_rec.languages.language import msgid
from face_rec.protocols.models import Assessor, Detector, FaceModels, LifeModels
from face_rec.protocols.people_store import Gallery

_SMALLER = (320, 160)
_ONE = "one photo has no time in it"
_POOR = Decision(Verdict.POOR, None, score=-1.0, margin=0.0, looks=0)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One face of a still and what it comes to."""

    face: Face
    quality: Quality
    match: Match
    decision: Decision


def recognise(
    image: Image,
    models: FaceModels,
    gallery: Gallery,
    assess: Assessor,
    policy: Policy,
    *,
    lives: bool = False,
) -> tuple[Seen, ...]:
    """Every face of ``image`` ((H, W, 3) uint8 BGR), the largest first; nothing is marked.
    ``lives``: find out, too, whether they are people's, as far as one picture tells. Raises
    PackMissing where the gallery is of another model than ``models``: one is on its way."""
    faces = sorted(_find(models.detector, image), key=lambda face: -face.box.area)
    seen = [_unjudged(image, face, assess) for face in faces]
    good = [index for index, one in enumerate(seen) if _flaw(one, policy) is None]
    for index, matched in zip(good, _match(image, models, gallery, seen, good), strict=True):
        seen[index] = replace(seen[index], match=matched)
    judged = _judge(seen, good, models, gallery, policy)
    return _alive(image, models.life, judged, good) if lives and models.life else judged


def _find(detector: Detector, image: Image) -> list[Face]:
    """Faces at the picture's own size or less: enlarging it adds nothing but mistakes. A
    face that fills the picture is found only when it is made smaller."""
    own = min(LARGEST, max(image.shape[:2]))
    for size in (own, *(smaller for smaller in _SMALLER if smaller < own)):
        if faces := detector.detect(image, size):
            return faces
    return []


def _unjudged(image: Image, face: Face, assess: Assessor) -> Seen:
    return Seen(face, assess(image, face), NO_MATCH, _POOR)


def _flaw(seen: Seen, policy: Policy) -> Flaw | None:
    """Why the face cannot be judged; None: it can."""
    if seen.face.box.narrow_side < policy.min_face:
        return Flaw.SMALL
    return next(iter(Gate().flaws(seen.quality)), None)


def _match(
    image: Image, models: FaceModels, gallery: Gallery, seen: Sequence[Seen], good: Sequence[int]
) -> list[Match]:
    if not good:
        return []
    crops = [models.embedder.align(image, seen[index].face) for index in good]
    vectors = np.ascontiguousarray(models.embedder.embed(crops))
    found = gallery.match(vectors, models.contract)
    if found is None:
        raise PackMissing(
            msgid(
                "The face model is being exchanged at this moment. Take the photo "
                "again in a while."
            )
        )
    return found


def _judge(
    seen: Sequence[Seen],
    good: Sequence[int],
    models: FaceModels,
    gallery: Gallery,
    policy: Policy,
) -> tuple[Seen, ...]:
    limits = still_limits(policy, models.calibration, gallery.templates)
    looks = {index: _look(seen[index]) for index in good}
    decisions = one_each({index: decide_still(look, limits) for index, look in looks.items()})
    return tuple(
        replace(one, decision=decisions.get(index, one.decision)) for index, one in enumerate(seen)
    )


def _look(seen: Seen) -> Look:
    return Look(0.0, seen.match, seen.quality, seen.match)


def _alive(
    image: Image, life: LifeModels, seen: Sequence[Seen], good: Sequence[int]
) -> tuple[Seen, ...]:
    """``seen`` with what the picture tells of whether those that are ``good`` live."""
    sightings = sight(life, image, [seen[index].face for index in good], 0.0)
    lives = {
        index: judge(Evidence((one,)), looks=1) for index, one in zip(good, sightings, strict=True)
    }
    return tuple(
        replace(one, decision=replace(one.decision, life=lives[index])) if index in lives else one
        for index, one in enumerate(seen)
    )


class Stills:
    """Marks who is named in a still. Any thread."""

    def __init__(self, deps: PipelineDeps) -> None:
        self._deps = deps

    def __call__(self, image: Image, kiosk: str) -> tuple[Label, ...]:
        """One label a face, the largest first. Raises PackMissing while there is no model, or
        another gallery than its own."""
        return self._labels(image, self._deps.puncher(kiosk, Source.STILL), kiosk)

    def late(self, image: Image, capture: Capture) -> tuple[Label, ...]:
        """The same for a still that was kept while the server was away: by the same limits,
        marked at its own time."""
        punch = self._deps.puncher(capture.kiosk, Source.OFFLINE, capture=capture)
        return self._labels(image, punch, capture.kiosk)

    def _labels(self, image: Image, punch: Puncher, kiosk: str) -> tuple[Label, ...]:
        deps, models = self._deps, self._deps.models.current()
        if models is None:
            raise PackMissing(
                msgid("No face model is loaded. Wait until it is, or install a pack.")
            )
        check = deps.liveness(kiosk)
        seen = recognise(
            image, models, deps.gallery, deps.assess, deps.policy, lives=check is not Check.OFF
        )
        # One picture has no time in it: what a moment shows, a photo of it shows as well.
        hold = Hold.STILL if check.strict else None
        marks = partial(self._hold, punch, kiosk) if hold else punch
        label = partial(self._label, image, models, marks, hold=hold)
        return tuple(label(number, self._standing(one)) for number, one in enumerate(seen, 1))

    def _hold(self, punch: Puncher, kiosk: str, named: Named) -> None:
        """The office is told of them, and may confirm that it was they."""
        now = self._deps.clock.monotonic()
        if punch.late or self._deps.step_ups.first(kiosk, named.subject, now):
            punch.held(named, _ONE)

    def _standing(self, seen: Seen) -> Seen:
        """``seen``, without a name that was deleted or deactivated, here or in another
        process: the gallery may not have heard of it yet."""
        subject = seen.decision.subject
        gone = subject is not None and still_enrolled(self._deps.directory, subject) is False
        return replace(seen, decision=nobody(seen.decision)) if gone else seen

    def _label(
        self,
        image: Image,
        models: FaceModels,
        punch: Callable[[Named], Receipt | None],
        number: int,
        seen: Seen,
        *,
        hold: Hold | None,
    ) -> Label:
        """``punch``: marks, or holds because of ``hold`` and returns None."""
        decision, receipt, problem, name = seen.decision, None, "", ""
        hold = hold if decision.subject else None
        if decision.subject:
            named = Named(image, seen.face.box, decision.subject, decision, models.contract.digest)
            receipt, problem = _try(punch, named)
            self._deps.lives.note(decision.life, "held" if hold else "marked")
            name = "" if hold else self._deps.directory.name(decision.subject)
        return Label(
            track=number,
            box=seen.face.box,
            verdict=decision.verdict,
            name=name,
            score=max(decision.score, 0.0),
            receipt=receipt,
            margin=decision.margin,
            problem=problem,
            flaw=_flaw(seen, self._deps.policy) if decision.verdict is Verdict.POOR else None,
            life=decision.life,
            hold=hold,
        )


def _try(punch: Callable[[Named], Receipt | None], named: Named) -> tuple[Receipt | None, str]:
    try:
        return punch(named), ""
    except JournalError as error:
        return None, error.said
