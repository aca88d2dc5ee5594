"""A gallery that compares every template of everybody, in the plainest way."""

import numpy as np

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract
from face_rec.domain.recognition import NO_MATCH, Match


class FakeGallery:
    """Implements Gallery by exact cosine: half best template, half centroid."""

    def __init__(self, people: dict[str, Matrix] | None = None, revision: int = 1) -> None:
        self.rows = dict(people or {})
        self.revision = revision
        self.contract: Contract | None = None
        self.calls = 0
        """How often :meth:`match` was asked."""

    @property
    def people(self) -> int:
        return len(self.rows)

    @property
    def templates(self) -> int:
        return sum(map(len, self.rows.values()))

    def put(self, subject: str, *vectors: Vector) -> None:
        """Enrol ``subject``, or replace their templates."""
        self.rows[subject] = np.stack(vectors).astype(np.float32)
        self.revision += 1

    def remove(self, subject: str) -> None:
        del self.rows[subject]
        self.revision += 1

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        """None once :attr:`contract` is set, for probes of another."""
        self.calls += 1
        if self.contract not in (None, contract):
            return None
        return [(self._ranked(probe) or [NO_MATCH])[0] for probe in probes]

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        return self._ranked(probe)[:count] if self.contract in (None, contract) else None

    def _ranked(self, probe: Vector) -> list[Match]:
        scores = sorted(((_score(t, probe), s) for s, t in self.rows.items()), reverse=True)
        following = [*(score for score, _ in scores[1:]), -1.0][: len(scores)]
        return [
            Match(s, best, best - after)
            for (best, s), after in zip(scores, following, strict=True)
        ]


def _score(templates: Matrix, probe: Vector) -> float:
    centre = templates.mean(axis=0)
    centre = centre / np.linalg.norm(centre)
    return float((templates @ probe).max() + centre @ probe) / 2
