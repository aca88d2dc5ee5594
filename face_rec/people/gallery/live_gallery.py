"""The gallery as everybody else holds it: whatever matrix is in use at the moment."""

from typing import Final

from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract
from face_rec.domain.recognition import Match
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import ModelSource

_SAID_SECONDS: Final = 60.0  # how long a failed match is spoken of where nobody came since


class LiveGallery:
    """Implements Gallery with whatever matrix is in use at the moment.

    Embeddings of two contracts are never compared: not while the matrix is still that of another
    model than the one in use, nor where a face was embedded just before that was exchanged.
    """

    def __init__(self, models: ModelSource, clock: Clock) -> None:
        self._models = models
        self._clock = clock
        self._failed: tuple[float, str] | None = None  # when a match did, and why
        self._live: MemoryGallery | None = None
        self._next: MemoryGallery | None = None

    @property
    def live(self) -> MemoryGallery | None:
        """The matrix in use; a prepared one from the moment on that its model is in use."""
        models, waiting = self._models.current(), self._next
        if waiting is not None and models is not None and models.contract == waiting.contract:
            self._live, self._next = waiting, None
        return self._live

    def prepare(self, gallery: MemoryGallery) -> None:
        """Put ``gallery`` in use with its model."""
        self._next = gallery

    @property
    def revision(self) -> int:
        live = self.live
        return live.revision if live else 0

    @property
    def people(self) -> int:
        live = self.live
        return live.people if live else 0

    @property
    def templates(self) -> int:
        return self._live.templates if self._live else 0

    @property
    def fits(self) -> bool:
        """Whether there is a matrix, and it is of the model in use."""
        live, models = self.live, self._models.current()
        return live is not None and models is not None and models.contract == live.contract

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        live = self.live
        try:
            found = live.match(probes, contract) if live is not None else None
        except StoreError as error:
            self._failed = (self._clock.monotonic(), error.said)
            raise
        self._failed = None
        return found

    @property
    def trouble(self) -> str:
        """Why the newest match could not be made, if that was a moment ago; else ""."""
        failed = self._failed
        lately = failed is not None and self._clock.monotonic() - failed[0] < _SAID_SECONDS
        return failed[1] if failed is not None and lately else ""

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        live = self.live
        return live.nearest(probe, contract, count) if live is not None else None

    def swap(self, gallery: MemoryGallery) -> None:
        """Put ``gallery`` in use; running matches finish on the old one."""
        self._live = gallery
        self._failed = None
