"""The crowd of the video: who is who, followed from frame to frame by a close search of each.

People are enrolled from every fifteenth frame, and recognised in all the others.
"""

import functools
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from face_rec.domain.faces import Box, Face, Image, Matrix
from face_rec.journey.track import assign, iou
from tests.benchmarks.journey import material

RATE = 25
_ENROL_EVERY = 15
_CLOSE = 960
"""Detector's input, px: finds all that the loops compared here find."""
_SAME = 0.3
"""Overlap of one face in two neighbouring frames."""
_MISSED = 3
"""Frames that a face may be hidden for."""
_LARGE = 50
"""px; who is never larger in a frame for enrolment is not enrolled."""
_ALIKE = 0.5
"""Cosine from which two trails are one person who was hidden for a while."""
_LASTING = 12
"""Frames (half a second) that somebody must be in view to be recognised."""

AuditLog = dict[int, Face]
"""One person by frame number."""


def for_enrolment(number: int) -> bool:
    return number % _ENROL_EVERY == 0


def frames() -> Iterator[Image]:
    """Those to recognise people in."""
    for number in _used():
        yield material.crowd_video()[number]


def _used() -> list[int]:
    return [n for n in range(len(material.crowd_video())) if not for_enrolment(n)]


@functools.cache
def people(pack: str) -> tuple[Mapping[str, AuditLog], Mapping[str, Matrix]]:
    """Everybody who can be enrolled: where they are, and up to three templates."""
    trails = _joined(pack, _followed(pack))
    named = {f"p{number}": audit_log for number, audit_log in enumerate(trails)}
    rows = {name: _templates(pack, audit_log, for_enrolment) for name, audit_log in named.items()}
    there = [name for name in named if len(rows[name]) and len(named[name]) >= _LASTING]
    return {name: named[name] for name in there}, {name: rows[name] for name in there}


def _joined(pack: str, trails: list[AuditLog]) -> list[AuditLog]:
    """One trail a person: those of one who was hidden for a while are put together."""
    found: list[tuple[AuditLog, Matrix]] = []
    for audit_log in sorted(trails, key=len, reverse=True):
        rows = _templates(pack, audit_log, lambda _number: True, smallest=0)
        known = next((t for t, r in found if float((r @ rows.T).max()) > _ALIKE), None)
        if known is None:
            found.append((audit_log, rows))
        else:
            known.update(audit_log)
    return [audit_log for audit_log, _ in found]


def _followed(pack: str) -> list[AuditLog]:
    detector = material.models_of(pack).detector
    trails: list[AuditLog] = []
    for number, image in enumerate(material.crowd_video()):
        open_ones = [audit_log for audit_log in trails if number - max(audit_log) <= _MISSED]
        faces = detector.detect(image, _CLOSE)
        pairs = assign([audit_log[max(audit_log)] for audit_log in open_ones], faces)
        for index, which in pairs.items():
            open_ones[index][number] = faces[which]
        trails += [{number: f} for n, f in enumerate(faces) if n not in set(pairs.values())]
    return trails


def _templates(
    pack: str, audit_log: AuditLog, usable: Callable[[int], bool], smallest: float = _LARGE
) -> Matrix:
    """(0 to 3, D): their largest faces in usable frames."""
    embedder, video = material.models_of(pack).embedder, material.crowd_video()
    views = [n for n, face in audit_log.items() if usable(n) and face.box.width >= smallest]
    views.sort(key=lambda n: audit_log[n].box.area, reverse=True)
    return embedder.embed([embedder.align(video[n], audit_log[n]) for n in views[:3]])


def is_right(pack: str, who: str, index: int, box: Box) -> bool:
    """Whether ``who`` was there in the ``index``-th of :func:`frames`, or just before or after."""
    audit_log, number = people(pack)[0][who], _used()[index]
    near = [audit_log[n].box for n in (number - 1, number, number + 1) if n in audit_log]
    return any(_overlap(box, other) > _SAME for other in near)


def _overlap(a: Box, b: Box) -> float:
    rows = [np.array([(x.left, x.top, x.right, x.bottom)], np.float64) for x in (a, b)]
    return float(iou(rows[0], rows[1])[0, 0])
