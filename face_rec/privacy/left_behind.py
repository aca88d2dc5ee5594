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
        recorded: Callable[[Sequence[str]], Collection[str]],
        want: Callable[[], object] = lambda: None,
    ) -> None:
        """``recorded``: those of these subjects who have a record, whether it can be read here or
        not. ``want`` is called before each removal."""
        self._keepers = tuple(keepers)
        self._recorded = recorded
        self._want = want

    def sweep(self) -> int:
        """Forget all of whom nobody is registered under; how many entries. Who is registered is
        asked last: they are there before anything about them is. Raises StoreUnavailable."""
        held = [(keeper, frozenset(keeper.subjects()) - {_NOBODY}) for keeper in self._keepers]
        named = frozenset[str]().union(*(subjects for _, subjects in held))
        gone = named - frozenset(self._recorded(sorted(named)))
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
