"""For how long unknown people are kept, and what happens when that is switched off."""

from collections.abc import Callable

from face_rec.background import once
from face_rec.site_options import LiveOptions
from face_rec.strangers.upkeep import StrangerUpkeep

NAME = "stranger_days"


class StrangerPolicy:
    """Safe from any thread."""

    def __init__(
        self, options: LiveOptions, upkeep: StrangerUpkeep, count: Callable[[], int]
    ) -> None:
        """``count``: of the visits that are kept."""
        self._options = options
        self._upkeep = upkeep
        self.count = count

    @property
    def days(self) -> int:
        """For how many somebody is kept; 0: nobody is."""
        return self._options.current().stranger_days

    @property
    def fixed(self) -> bool:
        """Whether the environment says it, and nobody can change it here."""
        return NAME in self._options.fixed

    def change(self, days: int) -> None:
        """From now on; 0 erases all that is kept, in the background. Raises OptionsRefused,
        Conflict, and ProofNeeded where fewer days forget what more would keep."""
        self._options.decide(NAME, str(days))
        if not days:
            once("strangers-erase", self._upkeep.erase)
