"""What is left of somebody who is gone: an erasure looks twice, and whoever saves something about
people looks whether they are still there. A process that is killed between the two leaves a
record of which nothing tells any more."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Final

from face_rec.privacy.ports import Keeper

log = logging.getLogger(__name__)

_NOBODY: Final = ""


class LeftBehind:
    """Looks for it once a night. Safe from any thread."""

    def __init__(
        self,
        keepers: Sequence[Keeper],
        erased: Callable[[Collection[str]], Collection[str]],
        want: Callable[[], object] = lambda: None,
    ) -> None:
        """``erased``: those of these subjects who were; somebody whom the database has lost may
        come back. ``want`` is called before each removal."""
        self._keepers = tuple(keepers)
        self._erased = erased
        self._want = want

    def sweep(self) -> int:
        """Forget all of whoever was erased; how many entries. Raises StoreUnavailable."""
        held = [(keeper, frozenset(keeper.subjects()) - {_NOBODY}) for keeper in self._keepers]
        named = frozenset[str]().union(*(subjects for _, subjects in held))
        gone = frozenset(self._erased(named))
        return sum(
            self._forgotten(keeper, subject)
            for keeper, subjects in held
            for subject in sorted(subjects & gone)
        )

    def _forgotten(self, keeper: Keeper, subject: str) -> int:
        self._want()
        count = keeper.forget(subject)
        log.warning("left_behind what=%s subject=%s entries=%d", keeper.name, subject, count)
        return count
