"""Ends captures on phones whose link is over, although their phone asks for nothing more: whoever
was erased in the middle of one leaves the memory of this process, too."""

from collections.abc import Callable
from typing import Final

from face_rec.background import Background
from face_rec.domain.errors import StoreError
from face_rec.invitations.phone import PhoneCaptures

_EVERY: Final = 5.0
_LONGEST: Final = 2.0


class PhoneWatch:
    """Runs from :meth:`start` to :meth:`close` in a thread of its own. ``goes_on``: whether
    somebody may still register by the invitation of an id; may raise StoreError, then nothing
    ends."""

    def __init__(self, captures: PhoneCaptures, goes_on: Callable[[str], bool]) -> None:
        self._captures = captures
        self._goes_on = goes_on
        self._thread = Background("phones", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(_LONGEST)

    def look(self) -> None:
        """End what is over, and what nobody has shown a picture to for minutes."""
        for one in self._captures.going_on():
            try:
                if not self._goes_on(one.invitation):
                    self._captures.close(one)
            except StoreError:
                return

    def _run(self) -> None:
        while not self._thread.stopping.wait(_EVERY):
            self.look()
