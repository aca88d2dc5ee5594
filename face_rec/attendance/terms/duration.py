"""Durations, said the same way on every page and in every file: hours and minutes, ``8:26``."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

S = TypeVar("S", int, npt.NDArray[np.int64])


def whole(seconds: S) -> S:
    """Time worked, in whole minutes: one that was only begun does not count. Seconds."""
    return seconds // 60 * 60


def begun(seconds: S) -> S:
    """Lateness in whole minutes, of which a begun one counts: 40 seconds are late. Seconds."""
    return -(-seconds // 60) * 60


def h_mm(seconds: float) -> str:
    """``8:26``, ``0:52``, ``160:05``; nothing for nothing, which would only hide what there is."""
    minutes = int(seconds) // 60
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes else ""
