"""A look at the machine's clocks, and the last one as it lies on the disk."""

import json
import logging
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from face_rec.files import write_durable

log = logging.getLogger(__name__)

NAME: Final = "clock.json"
_FIELDS: Final = ("up", "wall", "right", "right_offset", "ahead")


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at the clocks: seconds of the start ``boot``, and of the wall clock since 1970.
    ``right``: until when (seconds of this start) the clock was right, as far as anybody said;
    ``right_offset``: what the wall clock was ahead of the other one then. ``ahead``: as in
    :class:`face_rec.domain.clock_state.Stamp`."""

    boot: str
    up: float
    wall: float
    right: float | None = None
    right_offset: float | None = None
    ahead: float | None = None

    @property
    def offset(self) -> float:
        return self.wall - self.up


class SeenFile:
    """Trouble with it is logged: then what happens while the app is down is not noticed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, seen: Seen) -> None:
        try:
            write_durable(self._path, json.dumps(asdict(seen)).encode(), sync=False)
        except OSError as error:
            log.warning("clock_not_saved reason=%s", error)

    def read(self) -> Seen | None:
        """None where there is none, or it cannot be read."""
        try:
            found = json.loads(self._path.read_bytes())
            numbers = {name: found[name] for name in _FIELDS}
            if not _finite(numbers.values()):
                raise ValueError("no times")  # noqa: TRY301
            return Seen(str(found["boot"]), **numbers)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("clock_file_unreadable reason=%s", error)
            return None


def _finite(numbers: Iterable[object]) -> bool:
    return all(n is None or (isinstance(n, int | float) and math.isfinite(n)) for n in numbers)
