"""A gallery that compares every template of everybody, in the plainest way."""

import numpy as np

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.recognition import NO_MATCH, Match


class FakeGallery:
    """Implements Gallery by exact cosine: half best template, half centroid."""

    def __init__(self, people: dict[str, Matrix] | None = None, revision: int = 1) -> None:
        self.rows = dict(people or {})
        self.revision = revision
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

    def match(self, probes: Matrix) -> list[Match]:
        self.calls += 1
        return [self._best(probe) for probe in probes]

    def _best(self, probe: Vector) -> Match:
        scores = sorted(((_score(t, probe), s) for s, t in self.rows.items()), reverse=True)
        if not scores:
            return NO_MATCH
        best, subject = scores[0]
        return Match(subject, best, best - scores[1][0] if len(scores) > 1 else best + 1)


def _score(templates: Matrix, probe: Vector) -> float:
    centre = templates.mean(axis=0)
    centre = centre / np.linalg.norm(centre)
    return float((templates @ probe).max() + centre @ probe) / 2
