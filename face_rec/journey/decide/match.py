"""Match: who the probes of one frame look like, in one call to the gallery."""

from collections.abc import Sequence

from face_rec.domain.faces import Matrix
from face_rec.domain.recognition import Look
from face_rec.journey.detect.embed import Probe
from face_rec.protocols.people import Gallery


def match(
    gallery: Gallery, probes: Sequence[Probe], vectors: Matrix, at: float
) -> tuple[Look, ...]:
    """One look a probe; ``vectors`` is (len(probes), D), ``at`` the frame's time."""
    if not probes:
        return ()
    found = gallery.match(vectors)
    return tuple(Look(at, who, probe.quality) for who, probe in zip(found, probes, strict=True))
