"""Putting together again who was taken for several people.

A new visit joins the nearest person at once, whoever comes first deciding who somebody is. That
leaves one person in two now and then; DBSCAN over all visits, in the background, finds those. It
only ever joins, and only people nobody has decided about: what an admin has seen stays as it is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from face_rec.domain.faces import Vector
from face_rec.domain.strangers import MOST_VISITS, Standing, Stranger

CORE: Final = 3
"""Visits near each other that hold together: single ones that lie between two people join none."""
MOST: Final = 20_000
"""Visits looked at together, the newest people first: of 512 numbers 10 CPU seconds and 130 MB,
measured."""


def joined(
    people: Sequence[Stranger], faces: Mapping[str, Vector], limit: float
) -> list[tuple[Stranger, ...]]:
    """Those of ``people`` who are one person, the one seen first before the others. ``faces``: the
    embeddings of visits by id, of one contract; ``limit``: cosine."""
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - takes seconds, and memory, to import

    open_ones = [one for one in people if one.standing is Standing.OPEN]
    owners = [one for one in open_ones for visit in one.visits if visit in faces]
    rows = [faces[visit] for one in open_ones for visit in one.visits if visit in faces]
    if len(rows) < CORE:
        return []
    labels = DBSCAN(eps=1 - limit, min_samples=CORE, metric="cosine").fit_predict(np.stack(rows))
    together: dict[int, dict[str, Stranger]] = defaultdict(dict)
    for owner, label in zip(owners, labels.tolist(), strict=True):
        if label >= 0:
            together[label][owner.id] = owner
    return [tuple(each) for each in _apart(list(together.values())) if len(each) > 1]


def _apart(together: Sequence[Mapping[str, Stranger]]) -> list[list[Stranger]]:
    """Each person in one group only: who is in two clusters holds visits of two people, so
    neither draws in the others by them."""
    counted: dict[str, int] = defaultdict(int)
    for one in together:
        for stranger in one:
            counted[stranger] += 1
    return [
        sorted((s for s in one.values() if counted[s.id] == 1), key=lambda s: s.began)
        for one in together
    ]


def as_one(people: Sequence[Stranger]) -> tuple[Stranger, tuple[str, ...]]:
    """The first of ``people`` with the visits of all, and the ids of visits that are too many."""
    first, newest = people[0], max(people, key=lambda one: one.ended)
    visits = tuple(v for one in sorted(people, key=lambda one: one.ended) for v in one.visits)
    made = replace(
        first,
        ended=newest.ended,
        kiosk=newest.kiosk,
        times=sum(one.times for one in people),
        kiosks=tuple(sorted({kiosk for one in people for kiosk in one.kiosks})),
        visits=visits[-MOST_VISITS:],
        told=any(one.told for one in people),
    )
    return made, visits[:-MOST_VISITS]
