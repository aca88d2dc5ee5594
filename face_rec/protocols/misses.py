"""What hears of tracks that ended without a name."""

from typing import Protocol

from face_rec.domain.recognition import Unnamed


class MissSink(Protocol):
    """Never blocks, never raises: it is told in the middle of a frame."""

    def unnamed(self, track: Unnamed) -> None:
        """A track has ended, and nobody was named."""
        ...

    def named(self, kiosk: str, subject: str) -> None:
        """``subject`` stands there by name; told at every frame."""
        ...
