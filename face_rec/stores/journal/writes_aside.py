"""Kept writes that cannot be read: shown in the quarantine, and gone when such writes go."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from face_rec.stores.journal.quarantine import Quarantine

ASIDE: Final = "writes-"
"""How names begin of files that were set aside because they are none, and of writes in one that do
not open."""
_NAME: Final = re.compile(rf"{ASIDE}(\d+)-(.+)")


class WritesAside:
    """In ``quarantine``, each under a name with the time for which the machine had run by then
    (seconds, see OperatingTime)."""

    def __init__(self, quarantine: Quarantine, operating_time: Callable[[], float]) -> None:
        self._quarantine = quarantine
        self._time = operating_time

    def take(self, path: Path, what: str, why: str) -> None:
        """Move the file here; one that is here as ``what`` already is not kept twice. Raises
        OSError."""
        if any(found == what for _, _, found in self._all()):
            path.unlink()
        else:
            self._quarantine.take(path, self._name(what), why)

    def remove(self, age: float = 0.0) -> None:
        """All that has been here for so many seconds. What does not say how long, of the version
        before, or of more seconds than this machine knows of, counts from now. Raises OSError."""
        now = self._time()
        for name, at, what in list(self._all()):
            if not age or (at is not None and now - at > age):
                self._quarantine.remove(name)
            elif at is None or at > now:
                self._quarantine.rename(name, self._name(what))

    def _name(self, what: str) -> str:
        return f"{ASIDE}{int(self._time())}-{what}"

    def _all(self) -> Iterator[tuple[str, int | None, str]]:
        """Names, since when, and as what."""
        for one in self._quarantine.all():
            if found := _NAME.fullmatch(one.name):
                yield one.name, int(found[1]), found[2]
            elif one.name.startswith(ASIDE):
                yield one.name, None, one.name.removeprefix(ASIDE)
