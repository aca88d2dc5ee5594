"""What takes unknown people who came by."""

from typing import Protocol

from face_rec.domain.strangers import Passing


class StrangerSink(Protocol):
    """Takes them to be looked at in the background; never blocks, never raises."""

    def wants(self, kiosk: str) -> bool:
        """Whether anything is kept at all; asked at every frame, so from memory."""
        ...

    def offer(self, passing: Passing) -> None: ...
