"""What the pages, ``/readyz`` and the command line say about the models."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from face_rec.models.terms.model_facts import UNSAID, Licence, Origin, Speed
from face_rec.protocols.models import ModelSource


class ModelState(StrEnum):
    MISSING = "missing"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """``message``: for the user, with what to do. ``warning``: what is wrong although the
    models work. ``provider``: of the pack in use, ``cpu``, ``cuda`` …; ``offered``: what this
    onnxruntime has. ``calibration``: what the threshold rests on. ``speed``: measured at
    warm-up."""

    state: ModelState
    message: str
    pack: str
    warning: str = ""
    provider: str = ""
    offered: tuple[str, ...] = ()
    custom: bool = False
    contract: str = ""
    dimension: int = 0
    calibration: Origin | None = None
    largest_gallery: int = 0
    speed: Speed | None = None
    licence: Licence = UNSAID
    liveness: str = ""
    """The licence of the liveness models in use; empty: none are installed."""
    behind: str = ""
    """The pack that the site has switched to, where this process cannot follow."""
    behind_because: str = ""

    @property
    def lacks_liveness(self) -> bool:
        """Whether it works and cannot tell faces from pictures."""
        return self.state is ModelState.READY and not self.liveness


class ReportingModels(ModelSource, Protocol):
    """The models in use, and how they are; tests install theirs by asking for them."""

    def status(self) -> ModelStatus: ...


@dataclass(frozen=True, slots=True)
class PackOffer:
    """An official pack as a page offers it; ``bytes``: of the download, approximately; ``begun``:
    of them what an earlier try left; ``sources``: the addresses of the download."""

    name: str
    title: str
    bytes: int
    accuracy: str
    speed: Speed
    licence: Licence
    installed: bool
    in_use: bool
    plainly: str = ""
    begun: int = 0
    sources: tuple[str, ...] = ()
