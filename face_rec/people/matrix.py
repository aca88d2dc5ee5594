"""Rows of float32 in one contiguous block that grows without a second copy."""

import numpy as np

from face_rec.entities import Matrix

_GROWTH = 8  # an eighth at a time: never more than 12.5 % unused
_SMALLEST = 64


class GrowingMatrix:
    """(capacity, D) float32. Not safe from several threads by itself: while it grows, nobody
    may hold a view of :attr:`rows` (the gallery's lock sees to that)."""

    def __init__(self, dimension: int) -> None:
        self.rows: Matrix = np.zeros((0, dimension), dtype=np.float32)

    @property
    def nbytes(self) -> int:
        return int(self.rows.nbytes)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` rows in all.

        ``resize`` moves the block by the system's own means (for large blocks by remapping
        pages), so that growing never needs old and new side by side.
        """
        capacity = len(self.rows)
        if rows > capacity:
            grown = max(_SMALLEST, rows, capacity + capacity // _GROWTH)
            self.rows.resize((grown, self.rows.shape[1]), refcheck=False)

    def trim(self, rows: int) -> None:
        """Give back what lies beyond ``rows`` rows."""
        self.rows.resize((rows, self.rows.shape[1]), refcheck=False)

    def settle(self, rows: int) -> None:
        """Move to a new block of ``rows`` rows and room for a few more; for a moment both exist.

        A block that grew by remapping lies in small pages, and looking those up makes a product
        with it half as slow again (measured with 100,000 rows of 512). For a new block numpy
        asks Linux for huge pages.
        """
        fresh: Matrix = np.empty((rows + rows // _GROWTH, self.rows.shape[1]), dtype=np.float32)
        fresh[:rows] = self.rows[:rows]
        self.rows = fresh
