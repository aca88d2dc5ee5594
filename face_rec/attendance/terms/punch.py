"""A mark as the rules see it."""

from typing import NamedTuple

from face_rec.domain.marks import Way


class Punch(NamedTuple):
    """One counted mark.

    ``at``: UTC, whole seconds since 1970 (a part of a second never makes
    anybody late). ``stay``: seconds that must lie between an IN and this punch
    for it to be an OUT; 0 where lingering cannot happen. ``state``: bits of
    :class:`~face_rec.attendance.terms.status.Flag` from corrections.

    A tuple and not a dataclass because a month of a thousand people makes
    120,000 of them while somebody waits.
    """

    at: int
    way: int = Way.ANY
    stay: int = 0
    state: int = 0
