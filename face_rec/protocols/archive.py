"""Where days lie that have left Redis."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class ArchivedDays(Protocol):
    """Reads archived days; may raise StoreError, StoreUnavailable while the archive is away."""

    def entries(self, utc_day: date) -> list[bytes]:
        """The day's list, byte by byte as Redis held it."""
        ...

    def days_of(self, subject: str) -> Sequence[date]:
        """The UTC days on which the archive has a mark of theirs, in order."""
        ...

    def forget(self, subject: str) -> int:
        """Remove what tells who somebody is; how many rows that were. Marks stay."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
