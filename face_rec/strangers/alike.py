"""When two visits are of one person, and when somebody unknown may be registered after all.

Both limits are the model's own, from how often two different people are as alike
(:mod:`face_rec.models.scores.calibration`). What was measured stands in docs/strangers.md.
"""

import threading
from collections.abc import Callable
from typing import Final

import numpy as np

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract
from face_rec.people.missed.visits import NEAR
from face_rec.protocols.models import Calibration, FaceModels, ModelSource
from face_rec.protocols.people_store import Gallery, PeopleReader

FEWEST: Final = 1000
"""With fewer visits the limit is that of so many: of 811 photos of 319 people no two people are
put together then, with either of the packs that were measured."""
CAUTIOUS: Final = 0.4
"""Where the model is not loaded: for finding what is to be erased, rather too much of it."""


def joins(calibration: Calibration, visits: int) -> float:
    """Lowest cosine at which a visit is of somebody seen before, with so many ``visits`` kept."""
    return calibration.alike(max(FEWEST, visits))


def limit_of(models: ModelSource, contract: str, visits: int) -> float:
    """The same for embeddings of a contract, whatever model is loaded."""
    current = models.current()
    if current is None or current.contract.digest != contract:
        return CAUTIOUS
    return joins(current.calibration, visits)


class Registered:
    """Who is registered, as far as a face may be theirs. Safe from any thread."""

    def __init__(self, gallery: Gallery, people: PeopleReader) -> None:
        self._gallery = gallery
        self._people = people
        self._lock = threading.Lock()
        self._revision = -1
        self._contract = ""
        self._others: Matrix | None = None

    def may_be(self, face: Vector, models: FaceModels) -> bool:
        """Whether ``face`` (D,) may be somebody's who is registered, although it did not suffice
        to name them, or who is deactivated or has withdrawn their consent: such people are kept
        nowhere as unknown. Raises StoreUnavailable."""
        found = self._gallery.match(face[None, :], models.contract)
        if found is None:
            return True  # the gallery is being exchanged: nobody is called unknown by it
        limit = near(models.calibration, self._gallery.templates)
        others = self._not_matched(models.contract)
        return found[0].score >= limit or (
            others is not None and float((others @ face).max()) >= limit
        )

    def _not_matched(self, contract: Contract) -> Matrix | None:
        """(N, D): the embeddings of those whom the gallery does not hold."""
        revision = self._people.revision()
        with self._lock:
            if (revision, contract.digest) != (self._revision, self._contract):
                self._others = self._read(contract)
                self._revision, self._contract = revision, contract.digest
            return self._others

    def _read(self, contract: Contract) -> Matrix | None:
        rows = [
            template.vector
            for person in self._people.everybody().people
            if not person.matchable and person.templates
            for template in self._people.templates(person.subject)
            if template.info.contract == contract.digest
        ]
        return np.stack(rows) if rows else None


def near(calibration: Calibration, templates: int) -> float:
    """Score from which somebody may be one of so many registered: short of being named."""
    return calibration.threshold(templates) - NEAR * calibration.margin(templates)


Limit = Callable[[str], float]
"""Of a contract: see :func:`limit_of`."""
